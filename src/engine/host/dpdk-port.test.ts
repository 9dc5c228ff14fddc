import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { formatMac, parseMac } from '../../net/mac.ts';
import {
  burstFunctions,
  ealCleanup,
  poolStats,
  portAddMac,
  portClose,
  portConfigure,
  portFind,
  portInfo,
  portLink,
  portList,
  portProbe,
  portRemoveMac,
  portSetMac,
  portSetMtu,
  portSetPromiscuous,
  portStart,
  portStats,
  portStop,
  portXstats,
  portXstatsReset,
  RX_OFFLOADS,
  TX_OFFLOADS,
} from './dpdk.ts';
import { inChild, startPacketWorld } from './dpdk-testing.ts';

const world = startPacketWorld({ hugepages: false });
const { rx, tx, free } = burstFunctions();
const directory = mkdtempSync(join(tmpdir(), 'millrace-port-'));
const tapName = `mrt${process.pid % 100000}`;
after(() => {
  ealCleanup();
  rmSync(directory, { recursive: true });
});

const mistakes: readonly (readonly [devargs: string, code: string, reason: RegExp])[] = [
  ['net_nosuch0', 'ENODEV', /no driver/],
  ['eth0', 'ENODEV', /no driver/],
  ['', 'EINVAL', /devargs/],
  ['net_ring0\0', 'EINVAL', /zero bytes/],
  ['net_tap0,iface=x,bogus=1', 'EINVAL', /bogus/],
  ['net_tap0,iface', 'EINVAL', /iface=…/],
  ['net_pcap0', 'ENOENT', /No rx or tx queues/],
  ['net_pcap0,rx_pcap=/nonexistent', 'EINVAL', /No such file/],
  ['net_af_packet0,iface=nonexistent', 'EINVAL', /No such device/],
  ['0000:7f:1f.7', 'ENODEV', /PCI device at 0000:7f:1f.7/],
  ['pci:7f:1f.7,x=1', 'ENODEV', /PCI device at 0000:7f:1f.7/],
];
for (const [devargs, code, message] of mistakes) {
  test(`probing ${JSON.stringify(devargs)} fails with ${code} and says why`, () => {
    assert.throws(() => portProbe(devargs), { code, message });
    assert.deepEqual(portList(), []);
  });
}

test('a device is probed once', () => {
  const port = portProbe('net_null0');
  assert.throws(() => portProbe('net_null0'), { code: 'EEXIST' });
  assert.equal(portFind('net_null0'), port);
  portClose(port);
  assert.equal(portFind('net_null0'), undefined);
});

test('a TAP without the privilege to make one is EPERM', async () => {
  const result = await inChild(`
    process.setgid(65534);
    process.setuid(65534);
    dpdk.ealInit({ hugepages: false });
    try { dpdk.portProbe("net_tap0,iface=${tapName}"); }
    catch (error) { return { code: error.code, message: error.message }; }`);
  assert.equal(result.code, 'EPERM');
  assert.match(String(result.message), /CAP_NET_ADMIN/);
});

test('a port that is not there is ENODEV for every call', () => {
  const calls: readonly ((port: number) => unknown)[] = [
    portInfo,
    portConfigure,
    portStart,
    portStop,
    portClose,
    portLink,
    portStats,
    portXstats,
    portXstatsReset,
    (port) => portSetMtu(port, 1500),
    (port) => portSetPromiscuous(port, true),
    (port) => portSetMac(port, parseMac('02:00:00:00:00:01')),
  ];
  for (const call of calls) {
    assert.throws(() => call(7), { code: 'ENODEV' });
    for (const port of [-1, 32, 1.5, Number.NaN]) assert.throws(() => call(port), { code: 'EINVAL' });
  }
});

test("a configuration beyond the device's limits is refused with the limits", () => {
  const port = portProbe('net_ring0');
  assert.throws(() => portStart(port), { code: 'EPERM', message: /not configured/ });
  assert.throws(() => portConfigure(port, { rxQueues: 17 }), {
    code: 'ERANGE',
    message: /1 to 16 receive/,
  });
  assert.throws(() => portConfigure(port, { txQueues: 0 }), { code: 'ERANGE' });
  assert.throws(() => portConfigure(port, { mtu: 20 }), { code: 'ERANGE', message: /MTU from/ });
  assert.throws(() => portConfigure(port, { txOffloads: TX_OFFLOADS['tcp-tso'] }), { code: 'ENOTSUP' });
  assert.throws(() => portConfigure(port, { rxSize: -1 }), { code: 'EINVAL', message: /rxSize/ });
  assert.throws(() => portStart(port), { code: 'EPERM' });
  portConfigure(port);
  portStart(port);
  assert.throws(() => portConfigure(port), { code: 'EBUSY' });
  portClose(port);
});

test('a TAP port has a MAC, offloads, a link and counters, and is gone when closed', () => {
  const port = portProbe(`net_tap0,iface=${tapName}`);
  const info = portInfo(port);
  assert.equal(info.driver, 'net_tap');
  assert.deepEqual(info.rxOffloads.names.slice(0, 2), ['ipv4-cksum', 'l4-cksum']);
  const rxOffloads = RX_OFFLOADS['ipv4-cksum'] | RX_OFFLOADS['l4-cksum'];
  const txOffloads = TX_OFFLOADS['ipv4-cksum'] | TX_OFFLOADS['udp-cksum'];
  const got = portConfigure(port, { rxQueues: 2, txQueues: 2, mtu: 1504, rxOffloads, txOffloads });
  assert.equal(got.mtu, 1504);
  assert.equal(got.rxOffloads, rxOffloads);
  portStart(port);
  portSetMac(port, parseMac('02:00:00:00:00:77'));
  assert.equal(formatMac(portInfo(port).mac), '02:00:00:00:00:77');
  portSetMtu(port, 1400);
  assert.equal(portInfo(port).mtu, 1400);
  portSetPromiscuous(port, true);
  assert.equal(portLink(port).duplex, 'full');
  assert.equal(portStats(port).rxErrors, 0n);
  assert.ok('rx_good_packets' in portXstats(port));
  portXstatsReset(port);
  assert.ok(readFileSync('/proc/net/dev', 'utf8').includes(tapName));
  portClose(port);
  assert.ok(!readFileSync('/proc/net/dev', 'utf8').includes(tapName));
  assert.ok(!(tapName in networkInterfaces()));
});

test('the link of a TAP follows the kernel', () => {
  const port = portProbe(`net_tap0,iface=${tapName}`);
  portConfigure(port);
  portStart(port);
  execFileSync('ip', ['link', 'set', tapName, 'down']);
  assert.equal(portLink(port).up, false);
  execFileSync('ip', ['link', 'set', tapName, 'up']);
  assert.equal(portLink(port).up, true);
  portClose(port);
});

test('a driver without further MAC addresses says so', () => {
  const port = portProbe('net_null0');
  const mac = parseMac('02:00:00:00:00:02');
  assert.throws(() => portAddMac(port, mac), { code: 'ENOTSUP' });
  assert.throws(() => portRemoveMac(port, mac), { code: 'ENOTSUP' });
  portClose(port);
});

test('a pcap file is received, and what is sent is written', () => {
  const input = join(directory, 'in.pcap');
  const output = join(directory, 'out.pcap');
  writeFileSync(input, pcapOf([60, 1514, 9014]));
  const port = portProbe(`net_pcap0,rx_pcap=${input},tx_pcap=${output}`);
  portConfigure(port);
  portStart(port);
  assert.equal(rx(port, 0, world.received, 64), 3);
  assert.equal(tx(port, 0, world.received, 3), 3);
  portClose(port);
  assert.deepEqual([...framesOf(readFileSync(output))], [60, 1514, 9014]);
  assert.equal(poolStats().inUse, 0);
});

test('a device added and removed fifty times keeps no packets', () => {
  for (let round = 0; round < 50; round++) {
    const port = portProbe(`net_ring${round % 3}`);
    portConfigure(port);
    portStart(port);
    world.take(32);
    assert.equal(tx(port, 0, world.sent, 32), 32);
    assert.equal(rx(port, 0, world.received, 64), 32);
    assert.equal(free(world.received, 32), 32);
    portClose(port);
  }
  assert.deepEqual(portList(), []);
  assert.equal(poolStats().inUse, 0);
});

// pcap-savefile(5), microseconds, Ethernet.
function pcapOf(lengths: readonly number[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const packets = lengths.map((length) => {
    const packet = Buffer.alloc(16 + length, length & 0xff);
    packet.fill(0, 0, 8);
    packet.writeUInt32LE(length, 8);
    packet.writeUInt32LE(length, 12);
    return packet;
  });
  return Buffer.concat([header, ...packets]);
}

function* framesOf(pcap: Buffer): Generator<number> {
  for (let at = 24; at + 16 <= pcap.length; at += 16 + pcap.readUInt32LE(at + 8))
    yield pcap.readUInt32LE(at + 12);
}
