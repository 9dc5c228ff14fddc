import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedCpus, ealArguments } from './dpdk-eal.ts';
import { inChild } from './dpdk-testing.ts';

test('EAL leaves no files and probes no device unless told to', () => {
  assert.deepEqual(ealArguments({ controlCpus: [0, 3] }), [
    ...'--in-memory --single-file-segments --no-telemetry --lcores 0@(0,3) -a 0000:00:00.0'.split(' '),
  ]);
});

test('test mode runs on ordinary pages', () => {
  const args = ealArguments({ hugepages: false, memoryMegabytes: 64, controlCpus: [0] });
  assert.deepEqual(args.slice(0, 4), ['--no-huge', '--no-shconf', '-m', '64']);
});

test("a user's own list of devices replaces the empty one", () => {
  const args = ealArguments({ extra: ['-b', '0000:01:00.0'] });
  assert.ok(!args.includes('-a'));
});

test('the process may run on some CPU', () => {
  assert.ok(allowedCpus().length > 0);
});

test('an unknown EAL argument is an error that names the reason, and the process lives on', async () => {
  const result = await inChild(`
    try { dpdk.ealInit({ hugepages: false, extra: ["--no-such-argument"] }); }
    catch (error) { return { code: error.code, message: error.message }; }`);
  assert.equal(result.code, 'EINVAL');
  assert.match(String(result.message), /EAL/);
});

test('arguments that would make EAL print help or move CPUs are refused', async () => {
  const result = await inChild(`
    const code = (extra) => { try { dpdk.ealInit({ hugepages: false, extra }); } catch (error) { return error.code; } };
    return { codes: [code(["-h"]), code(["--help"]), code(["-vh"]), code(["-l", "0"]), code(["a\\0b"]), code([""])] };`);
  assert.deepEqual(result.codes, ['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
});

test("starting EAL keeps the caller's CPUs and writes nothing to stdout; a second start says so", async () => {
  const result = await inChild(`
    const before = dpdk.allowedCpus();
    const info = dpdk.ealInit({ hugepages: false, controlCpus: [before[0]] });
    const after = dpdk.allowedCpus();
    try { dpdk.ealInit({ hugepages: false }); } catch (error) { return { info, before, after, code: error.code }; }`);
  assert.deepEqual(result.after, result.before);
  assert.equal(result.code, 'EALREADY');
});

test('EAL starts in the background, refuses a second start meanwhile, and this thread can have packets and ports then', async () => {
  const result = await inChild(`
    const cpus = dpdk.allowedCpus();
    const starting = dpdk.ealBegin({ hugepages: false, controlCpus: [cpus[0]] });
    const again = await dpdk.ealBegin({ hugepages: false }).catch((error) => error.code);
    const { startMs } = await starting;
    const { count } = dpdk.poolCreate({ name: "packets", count: 1023, dataRoom: 2176, cacheSize: 0 });
    const port = dpdk.portProbe("net_null0");
    dpdk.portClose(port);
    dpdk.ealCleanup();
    return { again, took: startMs > 0, count, port };`);
  assert.deepEqual(result, { again: 'EALREADY', took: true, count: 1023, port: 0 });
});

test('an unknown EAL argument is an error in the background, too', async () => {
  const result = await inChild(`
    return await dpdk.ealBegin({ hugepages: false, extra: ["--no-such-argument"] }).catch(({ code, message }) => ({ code, message }));`);
  assert.equal(result.code, 'EINVAL');
  assert.match(String(result.message), /EAL/);
});

test('without memory for EAL the error says what is missing', async () => {
  const result = await inChild(`
    try { dpdk.ealInit({ memoryMegabytes: 1000000 }); }
    catch (error) { return { code: error.code, message: error.message }; }`);
  assert.match(String(result.code), /^E/);
  assert.match(String(result.message), /hugepages|memory/);
});

test('control calls before the start and after the end fail, bursts return nothing', async () => {
  const result = await inChild(`
    const code = () => { try { dpdk.portList(); } catch (error) { return error.code; } };
    const before = code();
    dpdk.ealInit({ hugepages: false });
    dpdk.ealCleanup();
    const { rx, tx, alloc, free } = dpdk.burstFunctions();
    return { before, after: code(), counts: [rx(0, 0, 64, 8), tx(0, 0, 64, 8), alloc(64, 8), free(64, 8)] };`);
  assert.deepEqual(result, { before: 'EPERM', after: 'EPERM', counts: [0, 0, 0, 0] });
});
