import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// red and green take frames of 9000 bytes, which need chained buffers in the router; blue is an ordinary host.
const { router, hosts } = await testTopology({
  hosts: { red: { link: 'pcap', mtu: 9000 }, green: { link: 'pcap', mtu: 9000 }, blue: {} },
});
const { red, green, blue } = hosts;

for (const { family, to, far, gateway, headers } of [
  { family: 'IPv4', to: green.ip4, far: blue.ip4, gateway: red.gateway4, headers: 28 },
  { family: 'IPv6', to: green.ip6, far: blue.ip6, gateway: red.gateway6, headers: 48 },
]) {
  test(`${family}: jumbo frames of every size cross, and the router answers them`, async () => {
    for (const size of [2000, 2048, 4096, 8192, 9000 - headers]) {
      await assertPings(red, to, `-c 1 -M do -s ${size}`);
      await assertPings(red, gateway, `-c 1 -M do -s ${size}`);
    }
  });

  test(`${family}: TCP in jumbo frames arrives with right checksums`, async () => {
    await using received = await startCapture(green, green.device);
    await iperf(red, green, `${family === 'IPv4' ? '-4' : '-6'} -n 2M`);
    await received.stop();
    const long = await received.lines(family === 'IPv4' ? 'greater 8000 and ip' : 'greater 8000 and ip6');
    assert.ok(long.length > 10, `${long.length} long segments`);
    assert.deepEqual(await received.faulty(), []);
  });

  test(`${family}: a packet that is too big and must not be cut is refused with the MTU of the way`, async () => {
    await red.run('ip route flush cache; ip -6 route flush cache');
    const said = await assertNoPing(red, far, '-c 1 -M do -s 8000');
    const words = family === 'IPv4' ? 'Frag needed and DF set \\(mtu = 1500\\)' : 'Packet too big: mtu=1500';
    assert.match(said, new RegExp(`From ${gateway} icmp_seq=1 ${words}`));
  });

  test(`${family}: a host that has learned the MTU of the way sends what fits`, async () => {
    await assertPings(red, far, '-c 2 -s 8000');
    assert.match(await red.run(`ip route get ${far}`), /mtu 1500/);
  });
}

test('IPv4: the router cuts what may be cut, and blue puts it together', async () => {
  await red.run('ip route flush cache');
  await using received = await startCapture(blue, blue.device, 'ip[6:2] & 0x3fff != 0');
  const before = await router.counted('ip4-fragment');
  const { output } = await assertPings(red, blue.ip4, '-c 2 -M dont -s 4001');
  assert.match(output, /4009 bytes from/);
  assert.ok((await router.counted('ip4-fragment')) > before);
  await received.stop();
  const sizes = await received.dissected(`ip.src == ${red.ip4}`, ['ip.len', 'ip.flags.mf']);
  assert.deepEqual(sizes.slice(0, 3), ['1500\t1', '1500\t1', '1069\t0']);
  assert.deepEqual(await received.faulty(), []);
});

test('the MTU of a port is the limit of what is sent there', async () => {
  await router.ctl('interface set port blue mtu 1400');
  assert.match(await assertNoPing(red, blue.ip4, '-c 1 -M do -s 1400'), /mtu = 1400/);
  await assertPings(red, blue.ip4, '-c 1 -M do -s 1372');
  await router.ctl('interface set port blue mtu 1500');
  await red.run('ip route flush cache');
});
