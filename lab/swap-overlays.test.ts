import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { etherFrame, ipv4Packet, joinBytes, udpDatagram } from '../src/net/frame/build.ts';
import { ordinary, withLargerRecords, withOneMoreStage } from './builds.ts';
import { eventually } from './eventually.ts';
import { testRouter } from './testing.ts';
import { pcapFile } from './witness/pcap-file.ts';

// Swaps under full load with a bridge, VLANs, VXLAN and labels, as lab/swap-load.test.ts does with routes. `load` and
// `lan-load` have another burst whenever they are asked; `sink` and `lan`, a member of the bridge, take all that is sent.

const swaps = Number(process.env['SWAPS'] ?? 4);
const router = await testRouter({ flags: ['-p'] });
const mac = '02:00:00:00:00:10';
const behindLan = '02:00:00:00:00:21';
const behindTunnel = '02:00:00:00:00:31';
const stranger = '02:00:00:00:00:41';

test(`${swaps} swaps lose nothing that is bridged, tagged, tunnelled or labelled`, async (context) => {
  const files = [await withOneMoreStage(), ordinary, await withLargerRecords(), ordinary];
  await configure();
  const before = await settledCounts();
  await startLoad();
  await eventually(async () => assert.ok((await router.counted('port-tx')) > 20_000));
  for (let count = 0; count < swaps; count++)
    await router.ctl(`datapath swap ${files[count % files.length]}`);
  const tagged = await statOf('load.5', 'rx_packets');
  await stopLoad();
  const after = await settledCounts();
  const received = after.received - before.received;
  assert.equal(after.sent - before.sent, received);
  assert.ok(tagged > 1000, 'no tags were received');
  assert.ok((await statOf('vx', 'rx_packets')) > 1000, 'nothing came out of the tunnel');
  for (const name of ['sink.7', 'vx', 'lan'])
    assert.ok((await statOf(name, 'tx_packets')) > 1000, `${name} sent`);
  assert.ok((await router.counted('mplsoudp-output')) > 1000, 'no labels were sent');
  assert.ok((await router.counted('mpls-input')) > 1000, 'no labels were taken');
  context.diagnostic(`${received} packets, none lost`);
});

async function configure(): Promise<void> {
  await router.ctl(`
    interface add port sink devargs net_null8,no-rx=1
    address add 10.9.0.1/24 iface sink
    address add 10.8.0.1/32 iface sink
    nexthop add l3 iface sink id 9 address 10.9.0.2 mac 02:00:00:00:00:12
    route add 203.0.113.0/24 via id 9
    interface add vlan sink.7 parent sink vlan_id 7
    nexthop add l3 iface sink.7 id 7 address 10.7.0.2 mac 02:00:00:00:00:13
    route add 198.51.100.0/24 via id 7
    nexthop add mplsoudp remote 10.9.0.2 id 1000
    nexthop add mpls label 100 via 1000 id 1100
    route add 192.0.2.0/24 via id 1100
    label add 101 vrf main
    interface add bridge br0
    interface add port lan devargs net_null9,no-rx=1 domain br0
    interface add vxlan vx vni 100 local 10.8.0.1 domain br0
    fdb add ${behindLan} iface lan
    fdb add ${behindTunnel} iface vx vtep 10.9.0.2
  `);
}

/** What comes while a port is down is counted as that: nothing is received before all is there. */
async function startLoad(): Promise<void> {
  const ip = (destination: string) => packetTo(destination, new Uint8Array(18));
  const toUs = (bytes: Uint8Array) =>
    frame(
      { destination: mac },
      ipv4Packet({ source: '10.9.0.2', destination: '10.8.0.1', protocol: 17 }, bytes),
    );
  const label = Uint8Array.of(101 >> 12, (101 >> 4) & 255, ((101 & 15) << 4) | 1, 64);
  const bridged = (destination: string, source: string) => frame({ destination, source }, ip('10.70.0.1'));
  const vxlan = joinBytes(Uint8Array.of(8, 0, 0, 0, 0, 0, 100, 0), bridged(behindLan, behindTunnel));
  const load = file('load', [
    frame({ destination: mac }, ip('203.0.113.1')),
    frame({ destination: mac }, ip('198.51.100.1')),
    frame({ destination: mac }, ip('192.0.2.1')),
    frame({ destination: mac, tag: Uint8Array.of(0x81, 0, 0, 5) }, ip('203.0.113.2')),
    toUs(udpDatagram({ source: 50000, destination: 4789 }, vxlan)),
    toUs(udpDatagram({ source: 50000, destination: 6635 }, joinBytes(label, ip('203.0.113.3')))),
  ]);
  const lanLoad = file('lan-load', [bridged(behindLan, stranger), bridged(behindTunnel, stranger)]);
  await router.ctl(`
    interface add port load devargs net_pcap8,rx_pcap=${load},infinite_rx=1 mac ${mac} down
    interface add vlan load.5 parent load vlan_id 5
    interface add port lan-load devargs net_pcap9,rx_pcap=${lanLoad},infinite_rx=1 domain br0 down
    fdb add ${stranger} iface lan-load
    interface set port load up
    interface set port lan-load up
  `);
}

async function stopLoad(): Promise<void> {
  await router.ctl(`
    interface set port load down
    interface set port lan-load down
    interface del load.5
    interface del load
    interface del lan-load
  `);
}

function frame(
  header: { readonly destination: string; readonly source?: string; readonly tag?: Uint8Array },
  packet: Uint8Array,
): Uint8Array {
  const { destination, source = '02:00:00:00:00:11', tag = new Uint8Array(0) } = header;
  const bytes = etherFrame({ destination, source, etherType: 0x0800 }, packet);
  return joinBytes(bytes.subarray(0, 12), tag, bytes.subarray(12));
}

function packetTo(destination: string, payload: Uint8Array): Uint8Array {
  const datagram = udpDatagram({ source: 7, destination: 9 }, payload);
  return ipv4Packet({ source: '10.8.0.2', destination, protocol: 17 }, datagram);
}

function file(name: string, frames: readonly Uint8Array[]): string {
  const path = join(router.directory, `${name}.pcap`);
  writeFileSync(path, pcapFile(frames));
  return path;
}

/** The counts once nothing is on its way. */
function settledCounts() {
  return eventually(async () => {
    const first = await counts();
    assert.deepEqual(await counts(), first);
    return first;
  });
}

/** Packets received from ports that are up, and those sent but for the router's own, some of which nobody takes. */
async function counts() {
  const received = (await router.counted('port-rx')) - (await router.counted('interface-down'));
  const dropped = (await router.counted('output-down')) + (await router.counted('bridge-nobody'));
  const sent = (await router.counted('sent')) + dropped - (await router.counted('frame-output'));
  return { received, sent };
}

async function statOf(name: string, column: string): Promise<number> {
  const found = (await router.list('interface stats')).find((row) => row['interface'] === name);
  return Number(found?.[column]);
}
