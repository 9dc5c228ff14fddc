import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { etherFrame, ipv4Packet, udpDatagram } from '../src/net/frame/build.ts';
import { ordinary, withOneMoreStage } from './builds.ts';
import { eventually } from './eventually.ts';
import { testRouter } from './testing.ts';
import { pcapFile } from './witness/pcap-file.ts';

// The port `load` has another burst of 60-byte packets whenever it is asked, the port `sink` takes all that is sent.
// For the whole number: SWAPS=100 node --test lab/swap-load.test.ts

const swaps = Number(process.env['SWAPS'] ?? 10);
const router = await testRouter({ flags: ['-p'] });
const mac = '02:00:00:00:00:10';

test(`${swaps} swaps under full load lose no packet`, async (context) => {
  const files = [await withOneMoreStage(), ordinary];
  await router.ctl(`
    interface add port sink devargs net_null8,no-rx=1
    nexthop add l3 iface sink id 9 address 10.9.0.2 mac 02:00:00:00:00:12
    route add 203.0.113.0/24 via id 9
  `);
  const before = await settledCounts();
  await startLoad();
  const pauses: number[] = [];
  for (let count = 0; count < swaps; count++) {
    const [answer] = await router.list(`datapath swap ${files[count % 2]}`);
    pauses.push(Number(answer?.['longest_pause_ms']));
  }
  await router.ctl('interface del load');
  const after = await settledCounts();
  const received = after.received - before.received;
  assert.ok(received > 1_000_000, `${received} packets received`);
  assert.equal(after.sent - before.sent, received);
  assert.equal(after.taken, after.given);
  const [longest, median] = [Math.max(...pauses), pauses.sort((a, b) => a - b)[pauses.length >> 1]];
  context.diagnostic(`${received} packets, none lost; longest pause ${longest} ms, median ${median} ms`);
});

async function startLoad(): Promise<void> {
  const file = join(router.directory, 'load.pcap');
  writeFileSync(file, pcapFile(Array.from({ length: 256 }, (_, i) => frameTo(`203.0.113.${i}`))));
  await router.ctl(`interface add port load devargs net_pcap8,rx_pcap=${file},infinite_rx=1 mac ${mac}`);
  await eventually(async () => assert.ok((await router.counted('port-tx')) > 100_000));
}

function frameTo(destination: string): Uint8Array {
  const datagram = udpDatagram({ source: 7, destination: 9 }, new Uint8Array(18));
  const packet = ipv4Packet({ source: '10.8.0.2', destination, protocol: 17 }, datagram);
  return etherFrame({ destination: mac, source: '02:00:00:00:00:11', etherType: 0x0800 }, packet);
}

/** The counts once nothing is on its way. */
function settledCounts() {
  return eventually(async () => {
    const first = await counts();
    assert.deepEqual(await counts(), first);
    return first;
  });
}

/**
 * Packets that the router has received from a port that is up, and those that it has sent but for its own; what it
 * has given to the sink, and what the sink's device has taken.
 */
async function counts() {
  const [[devices = {}], interfaces] = [
    await router.list('stats show hardware pattern tx_good_packets'),
    await router.list('interface stats'),
  ];
  const taken = Number(devices['sink.tx_good_packets']);
  const given = Number(interfaces.find((row) => row['interface'] === 'sink')?.['tx_packets']);
  // What comes while the port is being removed is dropped, and counted under that name.
  const received = (await router.counted('port-rx')) - (await router.counted('interface-down'));
  const sent = (await router.counted('sent')) - (await router.counted('frame-output'));
  return { received, sent, given, taken };
}
