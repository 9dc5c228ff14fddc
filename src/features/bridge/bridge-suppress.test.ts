import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../engine/testing/bench.ts';
import { addressToBytes, parseAddress, parseIpv4 } from '../../net/address.ts';
import { etherFrame, icmpv6Message, ipv6Packet, joinBytes } from '../../net/frame/build.ts';
import { type ArpFields, arpMessage } from '../../net/frame/build-arp.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { formatMac, macToBytes, parseMac } from '../../net/mac.ts';
import { addressWords, familyNumber, macWord } from '../neighbor/index.ts';
import { A, B, BRIDGE, BRIDGE_MAC, BROADCAST, BridgeBench, C, portsOf } from './testing/bridge-bench.ts';
import { macOfWord } from './words.ts';

const ADDRESS = { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3', bridge: '10.0.0.254' };
const ADDRESS6 = { a: '2001:db8::a', b: '2001:db8::b', bridge: '2001:db8::ff' };
const ROUTER = 1n << 48n;

const bridge = await BridgeBench.open();
const tables = bridge.bench.tables<Tables>(['putBridgeNeighbor', 'answerFor']);
bridge.set({ neighSuppress: true });
bridge.put(A, 1);
bridge.put(B, 2);
know(ADDRESS.b, macWord(parseMac(B)));
know(ADDRESS.a, macWord(parseMac(A)));
know(ADDRESS6.b, macWord(parseMac(B)) | ROUTER);
for (const address of [ADDRESS.bridge, ADDRESS6.bridge]) {
  const { family, low, high } = words(address);
  tables.answerFor(BRIDGE, family, low, high);
}

describe('bridge-suppress', () => {
  it('answers ARP for a station that it knows, from that station, and asks nobody', () => {
    const outcome = bridge.receive(1, arp(ask(A, ADDRESS.a, ADDRESS.b)));
    assert.deepEqual(portsOf(outcome), [0]);
    assert.equal(lineOf(outcome), `${B} > ${A} arp, arp reply ${ADDRESS.b} is-at ${B}`);
  });

  it('floods questions for those that it does not know, and for those whose station it does not know', () => {
    assert.deepEqual(portsOf(bridge.receive(1, arp(ask(A, ADDRESS.a, '10.0.0.9')))), [1, 2]);
    know(ADDRESS.c, macWord(parseMac(C)));
    assert.deepEqual(portsOf(bridge.receive(1, arp(ask(A, ADDRESS.a, ADDRESS.c)))), [1, 2]);
  });

  it('does not answer where the station hears the question itself', () => {
    bridge.put(C, 1);
    assert.deepEqual(portsOf(bridge.receive(1, arp(ask(A, ADDRESS.a, ADDRESS.c)))), [1, 2]);
  });

  it('answers neither announcements nor probes, but passes them on', () => {
    assert.deepEqual(portsOf(bridge.receive(1, arp(ask(A, ADDRESS.b, ADDRESS.b)))), [1, 2]);
    assert.deepEqual(portsOf(bridge.receive(1, arp(ask(A, '0.0.0.0', ADDRESS.b)))), [1, 2]);
    assert.deepEqual(portsOf(bridge.receive(1, solicitation({ source: '::', target: ADDRESS6.b }))), [1, 2]);
  });

  it('passes on questions that are sent to one station', () => {
    assert.deepEqual(portsOf(bridge.receive(1, arp(ask(A, ADDRESS.a, ADDRESS.b), B))), [1]);
  });

  it('lets the bridge alone answer for its own addresses', () => {
    const outcome = bridge.receive(1, arp(ask(A, ADDRESS.a, ADDRESS.bridge)));
    assert.deepEqual(outcome.ended, { 'ether-unknown-type': 1 });
    const solicited = bridge.receive(1, solicitation({ source: ADDRESS6.a, target: ADDRESS6.bridge }));
    assert.deepEqual(solicited.ended, { 'ether-unknown-type': 1 });
  });

  it('answers neighbor solicitations, and says whether the station is a router', () => {
    const outcome = bridge.receive(1, solicitation({ source: ADDRESS6.a, target: ADDRESS6.b }));
    assert.deepEqual(portsOf(outcome), [0]);
    assert.equal(
      lineOf(outcome),
      `${B} > ${A} ipv6, ${ADDRESS6.b} > ${ADDRESS6.a} icmpv6 hop-limit 255 length 32, icmpv6 neighbor advertisement ${ADDRESS6.b}, 8 bytes`,
    );
    assert.equal(outcome.sent[0]?.bytes[58], 0xe0);
    know(ADDRESS6.b, macWord(parseMac(B)));
    const host = bridge.receive(1, solicitation({ source: ADDRESS6.a, target: ADDRESS6.b }));
    assert.equal(host.sent[0]?.bytes[58], 0x60);
  });

  it('keeps the tag of a question in its answer', () => {
    bridge.put(B, 2, { vlan: 5 });
    bridge.put(A, 1, { vlan: 5 });
    know(ADDRESS.b, macWord(parseMac(B)), 5);
    const { ended, sent } = bridge.receive(1, tag(arp(ask(A, ADDRESS.a, ADDRESS.b)), 5));
    assert.deepEqual(ended, { sent: 1 });
    const [{ bytes } = { bytes: new Uint8Array() }] = sent;
    assert.deepEqual([...bytes.subarray(12, 18)], [0x81, 0, 0, 5, 8, 6]);
    assert.deepEqual(macToBytes(parseMac(A)), bytes.subarray(0, 6));
  });

  it('tells who has which address where that is new, from ARP and from advertisements', () => {
    bridge.fdb.setState(10, false);
    assert.deepEqual(heardIn(bridge.receiveOnce(1, arp(ask(A, '10.0.0.77', ADDRESS.b)))), [
      { address: '10.0.0.77', mac: A, router: false },
    ]);
    assert.deepEqual(heardIn(bridge.receiveOnce(1, arp(ask(A, ADDRESS.a, ADDRESS.b)))), []);
    const advertised = advertisement({ from: A, target: ADDRESS6.a, router: true });
    assert.deepEqual(heardIn(bridge.receiveOnce(1, advertised)), [
      { address: ADDRESS6.a, mac: A, router: true },
    ]);
  });

  it('passes on what is broken', () => {
    const whole = arp(ask(A, ADDRESS.a, ADDRESS.b));
    assert.deepEqual(portsOf(bridge.receive(1, whole.subarray(0, 41))), [1, 2]);
    const solicited = solicitation({ source: ADDRESS6.a, target: ADDRESS6.b });
    assert.deepEqual(portsOf(bridge.receive(1, solicited.subarray(0, 77))), [1, 2]);
    const wrong = Uint8Array.from(solicited);
    wrong[56] = (wrong[56] ?? 0) ^ 1;
    assert.deepEqual(portsOf(bridge.receive(1, wrong)), [1, 2]);
    const otherVersion = Uint8Array.from(solicited);
    otherVersion[14] = 0;
    assert.deepEqual(portsOf(bridge.receive(1, otherVersion)), [1, 2]);
  });

  it('does not answer from one tunnel for stations behind another', () => {
    bridge.setMember(1, { farEnds: true });
    assert.deepEqual(portsOf(bridge.receiveOnce(1, arp(ask(A, ADDRESS.a, ADDRESS.b)))), [0]);
    bridge.setMember(2, { farEnds: true });
    assert.deepEqual(portsOf(bridge.receiveOnce(1, arp(ask(A, ADDRESS.a, ADDRESS.b)))), [2]);
    bridge.setMember(1);
    bridge.setMember(2);
  });

  it('goes on as without it for all other frames', () => {
    assert.deepEqual(
      bridge.receive(
        1,
        etherFrame({ source: A, destination: BRIDGE_MAC, etherType: 0x88b5 }, new Uint8Array(46)),
      ).ended,
      {
        'ether-unknown-type': 1,
      },
    );
    assert.deepEqual(
      portsOf(
        bridge.receive(1, etherFrame({ source: A, destination: B, etherType: 0x88b5 }, new Uint8Array(46))),
      ),
      [1],
    );
  });
});

function words(address: string) {
  const parsed = parseAddress(address);
  return { family: familyNumber(parsed), ...addressWords(parsed) };
}

function know(address: string, mac: bigint, vlan = 0): void {
  const { family, low, high } = words(address);
  tables.putBridgeNeighbor((BRIDGE | (vlan << 16) | (family << 28)) >>> 0, low, high, mac);
}

function ask(mac: string, sender: string, target: string): ArpFields {
  return {
    operation: 'request',
    senderMac: parseMac(mac),
    sender: parseIpv4(sender),
    targetMac: parseMac('00:00:00:00:00:00'),
    target: parseIpv4(target),
  };
}

function arp(fields: ArpFields, destination = BROADCAST): Uint8Array {
  return etherFrame(
    { destination, source: formatMac(fields.senderMac), etherType: 0x0806 },
    arpMessage(fields),
  );
}

function tag(frame: Uint8Array, vlan: number): Uint8Array {
  return joinBytes(frame.subarray(0, 12), Uint8Array.of(0x81, 0, 0, vlan), frame.subarray(12));
}

function solicitation({ source, target }: { readonly source: string; readonly target: string }): Uint8Array {
  const ends = { source, destination: 'ff02::1:ff00:b' };
  const option = source === '::' ? [] : [Uint8Array.of(1, 1), macToBytes(parseMac(A))];
  const payload = joinBytes(addressToBytes(parseAddress(target)), ...option);
  return nd(A, '33:33:ff:00:00:0b', ends, icmpv6Message({ type: 135, code: 0 }, payload, ends));
}

function advertisement(fields: {
  readonly from: string;
  readonly target: string;
  readonly router: boolean;
}): Uint8Array {
  const ends = { source: fields.target, destination: ADDRESS6.b };
  const option = [Uint8Array.of(2, 1), macToBytes(parseMac(fields.from))];
  const payload = joinBytes(addressToBytes(parseAddress(fields.target)), ...option);
  const rest = fields.router ? 0xe0000000 : 0x60000000;
  return nd(fields.from, B, ends, icmpv6Message({ type: 136, code: 0, rest }, payload, ends));
}

function nd(
  source: string,
  destination: string,
  ends: { readonly source: string; readonly destination: string },
  message: Uint8Array,
): Uint8Array {
  const packet = ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255 }, message);
  return etherFrame({ source, destination, etherType: 0x86dd }, packet);
}

function lineOf(outcome: Outcome): string {
  return describeLayers(decodeFrame(outcome.sent[0]?.bytes ?? new Uint8Array()));
}

/** What was told of neighbours. */
function heardIn(outcome: Outcome) {
  return outcome.events
    .filter(({ stage }) => stage === 'bridge-suppress')
    .map(({ data }) => {
      const view = new DataView(data.buffer, data.byteOffset);
      const mac = view.getBigUint64(16, true);
      const address = [ADDRESS6.a, '10.0.0.77', ADDRESS.a].find(
        (each) =>
          words(each).low === view.getBigUint64(0, true) && words(each).high === view.getBigUint64(8, true),
      );
      return { address, mac: formatMac(macOfWord(mac & 0xffffffffffffn)), router: (mac & ROUTER) !== 0n };
    });
}

interface Tables {
  putBridgeNeighbor(scope: number, low: bigint, high: bigint, mac: bigint): number;
  answerFor(iface: number, family: number, low: bigint, high: bigint): number;
}
