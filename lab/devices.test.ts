import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { etherFrame, ipv4Packet, udpDatagram } from '../src/net/frame/build.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { iperf } from './witness/iperf.ts';
import { pcapFile } from './witness/pcap-file.ts';
import { assertPings, ping, unansweredDuring } from './witness/ping.ts';

// Two routers: red, wire and flash at the one, blue at the other.
const { router, hosts } = await testTopology({
  hosts: { red: { network: 1 }, wire: { network: 5, link: 'veth' }, flash: { network: 6, link: 'af_xdp' } },
});
const other = await testTopology({ hosts: { blue: { network: 2 } } }, { name: 'other' });
const { red, wire, flash } = hosts;
const { blue } = other.hosts;
const socket = (name: string) => `${router.directory}/${name}.sock`;
await router.namespace.ip('link add v0 type veth peer name v1\nlink set v0 up\nlink set v1 up');

for (const { kind, here, there } of [
  {
    kind: 'memif',
    here: `net_memif0,role=server,id=1,socket=${socket('memif')},socket-abstract=no`,
    there: `net_memif0,role=client,id=1,socket=${socket('memif')},socket-abstract=no`,
  },
  {
    kind: 'vhost server and virtio_user',
    here: `net_vhost0,iface=${socket('vhost')}`,
    there: `net_virtio_user0,path=${socket('vhost')},mac=02:00:00:00:09:02`,
  },
]) {
  test(`${kind}: two routers are linked, both families, checksums right whoever sends, and unlinked`, async () => {
    await router.ctl(`
      interface add port link devargs ${here}
      address add 10.9.0.1/24 iface link
      address add fd00:9::1/64 iface link
      route add 10.2.0.0/24 via 10.9.0.2
      route add fd00:2::/64 via fd00:9::2
    `);
    await other.router.ctl(`
      interface add port link devargs ${there}
      address add 10.9.0.2/24 iface link
      address add fd00:9::2/64 iface link
      route add 10.1.0.0/24 via 10.9.0.1
      route add fd00:1::/64 via fd00:9::1
    `);
    await eventually(async () => assert.deepEqual(await flagsOf('link'), ['up', 'running']));
    await eventually(() => assertPings(red, blue.ip4, '-c 1'));
    await eventually(() => assertPings(red, blue.ip6, '-c 1'));
    await assertPings(red, blue.ip4, '-s 1400');
    await using received = await startCapture(blue, blue.device);
    await iperf(red, blue, '-6 -n 1M');
    await iperf(router.namespace, blue, '-4 -n 1M -B 10.9.0.1');
    await received.stop();
    assert.deepEqual(await received.faulty(), []);
    await using back = await startCapture(red, red.device);
    await iperf(other.router.namespace, red, '-4 -n 1M -B 10.9.0.2');
    await back.stop();
    assert.deepEqual(await back.faulty(), []);
    await other.router.ctl('route del 10.1.0.0/24\nroute del fd00:1::/64\ninterface del link');
    await router.ctl('route del 10.2.0.0/24\nroute del fd00:2::/64\ninterface del link');
  });
}

for (const { kind, host } of [
  { kind: 'af_packet', host: wire },
  { kind: 'af_xdp', host: flash },
]) {
  test(`${kind}: a host behind a veth speaks both families, with right checksums`, async () => {
    await using received = await startCapture(host, host.device);
    await assertPings(red, host.ip4);
    await assertPings(red, host.ip6, '-s 1452');
    await iperf(red, host, '-4 -n 1M');
    await received.stop();
    assert.deepEqual(await received.faulty(), []);
  });
}

test('pcap: packets come from a file and are written to one', async () => {
  const udp = udpDatagram({ source: 1, destination: 9 }, new Uint8Array(20));
  const packet = ipv4Packet({ source: '10.8.0.9', destination: red.ip4, protocol: 17 }, udp);
  const ether = { destination: '02:70:63:61:70:01', source: '02:00:00:00:08:09', etherType: 0x0800 };
  const input = `${router.directory}/in.pcap`;
  writeFileSync(input, pcapFile(Array.from({ length: 10 }, () => etherFrame(ether, packet))));
  await assertPings(red, red.gateway4, '-c 1');
  await using received = await startCapture(red, red.device, 'udp dst port 9');
  await router.ctl(`
    interface add port file devargs net_pcap0,rx_pcap=${input},tx_pcap=${router.directory}/out.pcap promisc on mac 02:70:63:61:70:01
    address add 10.8.0.1/24 iface file
  `);
  await eventually(async () => assert.equal((await received.lines()).length, 10));
  await ping(red, '10.8.0.7', '-c 1');
  await router.ctl('interface del file');
  const written = await router.namespace.run(`tcpdump -n -r ${router.directory}/out.pcap arp 2>/dev/null`);
  assert.match(written, /who-has 10\.8\.0\.7/);
});

const kinds: Readonly<Record<string, string>> = {
  null: 'net_null5,size=64,no-rx=1',
  ring: 'net_ring5',
  tap: 'net_tap5,iface=x-more',
  af_packet: 'net_af_packet5,iface=v0',
  pcap: 'net_pcap5,iface=v1',
  af_xdp: 'net_af_xdp5,iface=v1',
  'memif server': `net_memif5,role=server,id=5,socket=${socket('five')},socket-abstract=no`,
  'vhost server': `net_vhost5,iface=${socket('seven')}`,
  'vhost client': `net_vhost6,iface=${socket('eight')},client=1`,
};

test('devices of every kind come and go, twice, while others forward', async () => {
  assert.deepEqual(await unansweredDuring(red, wire.ip4, comeAndGoTwice), []);
});

async function comeAndGoTwice(): Promise<void> {
  // DPDK 22.11 keeps the socket of an af_xdp device that is removed, and its queue with it, until the process ends.
  const again = Object.values(kinds).filter((devargs) => !devargs.startsWith('net_af_xdp'));
  for (const devargs of [...again, ...again])
    await router.ctl(
      `interface add port more devargs ${devargs}\ninterface set port more mtu 1400\ninterface del more`,
    );
  await router.ctl(
    Object.values(kinds)
      .map((devargs, at) => `interface add port m${at} devargs ${devargs}`)
      .join('\n'),
  );
  assert.equal((await router.list('interface show type port')).length, 3 + Object.keys(kinds).length);
  await router.ctl(
    Object.keys(kinds)
      .map((_, at) => `interface del m${at}`)
      .join('\n'),
  );
}

const wrong: readonly { readonly devargs: string; readonly error: RegExp }[] = [
  { devargs: 'net_foo0', error: /\(ENODEV\)/ },
  { devargs: '0000:99:00.0', error: /\(ENODEV\).*expected a PCI device at 0000:99:00\.0/s },
  { devargs: 'net_tap9,ifce=x', error: /\(EINVAL\).*expected arguments of net_tap.*"ifce=x"/s },
  { devargs: 'net_tap9,iface=longer-than-fifteen', error: /\(EINVAL\)/ },
  { devargs: 'net_af_packet9,iface=nowhere', error: /\((EINVAL|ENODEV)\).*No such device/s },
  { devargs: 'net_pcap9,rx_pcap=/nowhere', error: /\(EINVAL\).*No such file/s },
  { devargs: 'net_virtio_user9,path=/nowhere', error: /\(EINVAL\).*No such file/s },
  { devargs: 'net_tap9,iface=x-red mtu 20000', error: /\(ERANGE\).*expected an MTU of \d+ to \d+/s },
  {
    devargs: 'net_null9 rxqs 1000',
    error: /\(ENOSPC\).*expected at most 64 receive queues for 1 workers, got 100\d/s,
  },
  { devargs: 'net_af_packet9,iface=v0 rxqs 2', error: /\(ERANGE\).*expected 1 to 1 receive queues/s },
  {
    devargs: `net_memif9,role=client,socket=${socket('nine')},socket-abstract=no`,
    error: /Failed to connect socket/,
  },
];

for (const { devargs, error } of wrong) {
  test(`a port is refused with ${devargs}, and nothing of it stays`, async () => {
    const before = await router.list('interface show');
    const refused = await router.attempt(`interface add port bad devargs ${devargs}`);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, error);
    assert.equal((await router.list('interface show')).length, before.length);
    assert.doesNotMatch(await router.namespace.run('ip -brief link'), /bad/);
    await assertPings(red, wire.ip4, '-c 1');
  });
}

async function flagsOf(name: string): Promise<unknown> {
  return (await router.list(`interface show name ${name}`))[0]?.flags;
}
