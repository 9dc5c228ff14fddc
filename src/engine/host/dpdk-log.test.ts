import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inChild } from './dpdk-testing.ts';

test('the levels of log types are listed and set by patterns', async () => {
  const result = await inChild(`
    dpdk.ealInit({ hugepages: false, memoryMegabytes: 64 });
    const level = (name) => dpdk.dpdkLogLevels().find((each) => each.name === name)?.level;
    const before = level('lib.eal');
    dpdk.setDpdkLogLevel('lib.ea?', 8);
    return { before, eal: level('lib.eal'), ring: level('lib.ring') };`);
  assert.equal(result.eal, 8);
  assert.ok(Number(result.before) < 8 && Number(result.ring) < 8);
});

test('what DPDK logs without failing reaches who follows it', async () => {
  const result = await inChild(`
    dpdk.ealInit({ hugepages: false, memoryMegabytes: 64 });
    const lines = [];
    const end = dpdk.followDpdkLog((line) => lines.push(line));
    dpdk.setDpdkLogLevel('lib.eal', 8);
    dpdk.dpdkLogLevels();
    end();
    return { lines };`);
  assert.match(String(result.lines), /lib\.eal log level changed from \w+ to debug/);
});

test('levels that do not exist are refused', async () => {
  const result = await inChild(`
    dpdk.ealInit({ hugepages: false, memoryMegabytes: 64 });
    const code = (...settings) => { try { dpdk.setDpdkLogLevel(...settings); } catch (error) { return error.code; } };
    return { codes: [code('lib.eal', 0), code('lib.eal', 9), code('', 3), code('x'.repeat(200), 3)] };`);
  assert.deepEqual(result.codes, ['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
});
