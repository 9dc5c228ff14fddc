import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressToBytes, parseAddress } from '../../net/address.ts';
import {
  etherFrame,
  icmpv6Message,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  transportChecksum,
} from '../../net/frame/build.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { macToBytes, parseMac } from '../../net/mac.ts';
import {
  HEARD_ANSWER,
  HEARD_CONFLICT,
  HEARD_OVERRIDE,
  HEARD_REQUEST,
  HEARD_SNOOPED,
  HEARD_SOLICITED,
  HEARD_UNASKED,
} from './layout.ts';
import { HOST_MAC, heardIn, IFACE, LinkBench, ROUTER_MAC, VRF } from './testing/link-bench.ts';

const OURS = '2001:db8::1';
const HOST = '2001:db8::2';
const SOLICITED_NODE = 'ff02::1:ff00:1';
const ALL_NODES = 'ff02::1';
const R = 0x80000000;
const S = 0x40000000;
const O = 0x20000000;
/** PACKET_LOCAL of src/engine/datapath/packet.ts. */
const LOCAL = 1;
const link = await LinkBench.open();
link.answerFor(OURS);

describe('nd-solicitation', () => {
  it('answers for an address of ours: router, solicited, override', () => {
    const outcome = solicit({});
    assert.deepEqual(outcome.ended, { sent: 1 });
    assert.deepEqual(advertised(outcome), {
      line: `${ROUTER_MAC} > ${HOST_MAC} ipv6, ${OURS} > ${HOST} icmpv6 hop-limit 255 length 32, icmpv6 neighbor advertisement ${OURS}`,
      flags: R + S + O,
      option: joinBytes(Uint8Array.of(2, 1), macToBytes(parseMac(ROUTER_MAC))),
      checksum: 0,
    });
    assert.deepEqual(heardIn(outcome), [heard(HOST, HOST_MAC, HEARD_REQUEST)]);
  });

  it('answers one that comes without the asker’s MAC to where its frame came from', () => {
    const outcome = solicit({ mac: undefined });
    assert.match(advertised(outcome).line, new RegExp(`> ${HOST_MAC} ipv6`));
    assert.deepEqual(outcome.events, []);
  });

  it('answers one behind extension headers', () => {
    const outcome = solicit({ options: 3 });
    assert.deepEqual(outcome.ended, { sent: 1 });
    assert.equal(advertised(outcome).checksum, 0);
    assert.equal(outcome.sent[0]?.bytes.length, 86);
  });

  it('answers the probe of a station that wants an address of ours to everyone', () => {
    const outcome = solicit({ source: '::', mac: undefined });
    assert.deepEqual(advertised(outcome), {
      line: `${ROUTER_MAC} > 33:33:00:00:00:01 ipv6, ${OURS} > ${ALL_NODES} icmpv6 hop-limit 255 length 32, icmpv6 neighbor advertisement ${OURS}`,
      flags: R + O,
      option: joinBytes(Uint8Array.of(2, 1), macToBytes(parseMac(ROUTER_MAC))),
      checksum: 0,
    });
    assert.deepEqual(outcome.events, []);
  });

  it('hears nothing from programs of this host, whose packets have come by no link', () => {
    const outcome = solicit({ local: true });
    assert.deepEqual([outcome.ended, outcome.events], [{ 'nd-not-from-link': 1 }, []]);
  });

  it('listens to others only where the interface snoops', () => {
    const others = { target: '2001:db8::3', destination: 'ff02::1:ff00:3' };
    assert.deepEqual(solicit(others).ended, { 'nd-not-for-us': 1 });
    link.snooping = true;
    assert.deepEqual(heardIn(solicit(others)), [heard(HOST, HOST_MAC, HEARD_SNOOPED)]);
    assert.deepEqual(solicit({ ...others, source: '::', mac: undefined }).ended, { 'nd-not-for-us': 1 });
    link.snooping = false;
  });

  it('answers for every address on an access link, but not who asks whether an address is free', () => {
    const others = { target: '2001:db8::3', destination: 'ff02::1:ff00:3' };
    link.access = true;
    assert.deepEqual(solicit(others).ended, { sent: 1 });
    assert.deepEqual(solicit({ ...others, source: '::', mac: undefined }).ended, { 'nd-not-for-us': 1 });
    link.access = false;
  });

  it('drops what RFC 4861 7.1.1 forbids, each under its name', () => {
    const cases: readonly [string, Partial<Message>][] = [
      ['nd-bad-hop-limit', { hopLimit: 254 }],
      ['nd-bad-code', { code: 1 }],
      ['nd-bad-checksum', { damage: (message) => message.setUint16(2, message.getUint16(2) ^ 1) }],
      ['nd-bad-target', { target: 'ff02::5' }],
      ['nd-bad-option', { option: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0) }],
      ['nd-bad-option', { option: Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0) }],
      ['nd-bad-option', { option: Uint8Array.of(14, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 9) }],
      ['nd-bad-option', { option: Uint8Array.of(1, 1, 2) }],
      ['nd-bad-mac', { mac: '01:00:00:00:00:01' }],
      ['nd-bad-probe', { source: '::' }],
      ['nd-bad-probe', { source: '::', mac: undefined, destination: OURS }],
      ['nd-bad-probe', { source: '::', mac: undefined, destination: 'ff02::1:ff00:2' }],
      ['nd-own', { mac: ROUTER_MAC }],
    ];
    for (const [drop, message] of cases) {
      const outcome = solicit(message);
      assert.deepEqual([outcome.ended, outcome.events], [{ [drop]: 1 }, []], JSON.stringify(message));
    }
  });

  it('drops a message that is cut anywhere', () => {
    for (let bytes = 0; bytes < 24; bytes++) {
      assert.deepEqual(solicit({ mac: undefined, cut: bytes }).ended, { 'nd-truncated': 1 });
    }
    const frame = frameOf(packetOf({ ...solicitation }));
    for (let end = 54; end < frame.length; end++) {
      const outcome = link.bench.inject('nd-solicitation', frame.subarray(0, end), fieldsAt(40));
      assert.deepEqual(outcome.ended, { 'nd-truncated': 1 });
    }
  });

  it('drops a question whose buffer cannot take the answer', () => {
    const frame = joinBytes(frameOf(packetOf(solicitation)), new Uint8Array(4000));
    const outcome = link.bench.inject('nd-solicitation', frame, fieldsAt(40));
    assert.deepEqual(outcome.ended, { 'nd-no-room': 1 });
  });

  it('tells when another station uses an address of ours', () => {
    const outcome = solicit({ source: OURS, target: HOST });
    assert.deepEqual(outcome.ended, { 'nd-address-conflict': 1 });
    assert.deepEqual(heardIn(outcome), [heard(OURS, HOST_MAC, HEARD_CONFLICT)]);
  });
});

describe('nd-advertisement', () => {
  it('hears nothing from programs of this host', () => {
    const outcome = advertise({ local: true });
    assert.deepEqual([outcome.ended, outcome.events], [{ 'nd-not-from-link': 1 }, []]);
  });

  it('tells what an answer says', () => {
    const outcome = advertise({});
    assert.deepEqual(outcome.ended, { consumed: 1 });
    assert.deepEqual(heardIn(outcome), [
      heard(HOST, HOST_MAC, HEARD_ANSWER | HEARD_SOLICITED | HEARD_OVERRIDE),
    ]);
    assert.deepEqual(heardIn(advertise({ flags: S, mac: undefined })), [
      heard(HOST, undefined, HEARD_ANSWER | HEARD_SOLICITED),
    ]);
  });

  it('tells what a station says to everyone', () => {
    const outcome = advertise({ flags: O, destination: ALL_NODES });
    assert.deepEqual(heardIn(outcome), [heard(HOST, HOST_MAC, HEARD_UNASKED | HEARD_OVERRIDE)]);
  });

  it('drops what RFC 4861 7.1.2 forbids, each under its name', () => {
    const cases: readonly [string, Partial<Message>][] = [
      ['nd-bad-hop-limit', { hopLimit: 64 }],
      ['nd-bad-code', { code: 7 }],
      ['nd-bad-checksum', { damage: (message) => message.setUint8(8, 0x30) }],
      ['nd-bad-target', { target: ALL_NODES }],
      ['nd-bad-option', { option: Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0) }],
      ['nd-bad-mac', { mac: 'ff:ff:ff:ff:ff:ff' }],
      ['nd-bad-flags', { destination: ALL_NODES }],
      ['nd-truncated', { mac: undefined, cut: 23 }],
      ['nd-own', { mac: ROUTER_MAC }],
    ];
    for (const [drop, message] of cases) {
      const outcome = advertise(message);
      assert.deepEqual([outcome.ended, outcome.events], [{ [drop]: 1 }, []], JSON.stringify(message));
    }
  });

  it('tells when another station claims an address of ours', () => {
    const outcome = advertise({ source: OURS, target: OURS, destination: ALL_NODES, flags: O });
    assert.deepEqual(outcome.ended, { 'nd-address-conflict': 1 });
    assert.deepEqual(heardIn(outcome), [heard(OURS, HOST_MAC, HEARD_CONFLICT)]);
  });

  it('loses no buffer', () => {
    assert.equal(link.bench.buffersOut, 0);
  });
});

interface Message {
  readonly type: number;
  readonly code: number;
  readonly flags: number;
  readonly hopLimit: number;
  readonly source: string;
  readonly destination: string;
  readonly target: string;
  /** In the option that belongs to the type; undefined for none. */
  readonly mac: string | undefined;
  /** In the place of that option. */
  readonly option?: Uint8Array;
  /** Bytes of an option in a hop-by-hop header. */
  readonly options?: number;
  readonly cut?: number;
  /** A program of this host has sent it. */
  readonly local?: boolean;
  readonly damage?: (message: DataView) => void;
}

const solicitation: Message = {
  type: 135,
  code: 0,
  flags: 0,
  hopLimit: 255,
  source: HOST,
  destination: SOLICITED_NODE,
  target: OURS,
  mac: HOST_MAC,
};

const advertisement: Message = {
  ...solicitation,
  type: 136,
  flags: S + O,
  destination: OURS,
  target: HOST,
};

function solicit(changes: Partial<Message>) {
  const message = { ...solicitation, ...changes };
  return link.bench.inject('nd-solicitation', frameOf(packetOf(message)), fields(message));
}

function advertise(changes: Partial<Message>) {
  const message = { ...advertisement, ...changes };
  return link.bench.inject('nd-advertisement', frameOf(packetOf(message)), fields(message));
}

function fields(message: Message) {
  return { ...fieldsAt(offsetOf(message)), flags: message.local ? LOCAL : 0 };
}

function fieldsAt(note: number) {
  return { iface: IFACE, vrf: VRF, etherType: 0xdd86, stripped: 14, note };
}

function offsetOf(message: Message): number {
  return message.options === undefined ? 40 : 48;
}

function packetOf(message: Message): Uint8Array {
  const { source, destination, type, code, flags, hopLimit } = message;
  const body = joinBytes(addressToBytes(parseAddress(message.target)), optionOf(message));
  const cut = message.cut === undefined ? body.length : Math.max(0, message.cut - 8);
  const whole = icmpv6Message({ type, code, rest: flags }, body.subarray(0, cut), { source, destination });
  const icmp = message.cut === undefined ? whole : whole.subarray(0, message.cut);
  message.damage?.(new DataView(icmp.buffer));
  if (message.options === undefined) {
    return ipv6Packet({ source, destination, nextHeader: 58, hopLimit }, icmp);
  }
  const extension = ipv6Options(58, Uint8Array.of(0x3e, message.options, ...Array(message.options).fill(0)));
  return ipv6Packet({ source, destination, nextHeader: 0, hopLimit }, joinBytes(extension, icmp));
}

function optionOf({ type, mac, option }: Message): Uint8Array {
  if (option) return option;
  if (mac === undefined) return new Uint8Array();
  return joinBytes(Uint8Array.of(type === 135 ? 1 : 2, 1), macToBytes(parseMac(mac)));
}

function frameOf(packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: ROUTER_MAC, source: HOST_MAC, etherType: 0x86dd }, packet);
}

/** The parts of a sent advertisement; its checksum is zero when it is right. */
function advertised({ sent }: { readonly sent: readonly { readonly bytes: Uint8Array }[] }) {
  const frame = sent[0]?.bytes ?? new Uint8Array();
  const layers = decodeFrame(frame);
  const ip = layers.find((layer) => layer.layer === 'ipv6');
  const icmp = layers.find((layer) => layer.layer === 'icmpv6');
  assert.ok(ip && icmp);
  return {
    line: describeLayers(layers.slice(0, 3)),
    flags: icmp.rest,
    option: frame.slice(78),
    checksum: transportChecksum(ip, 58, frame.subarray(54)),
  };
}

function heard(address: string, mac: string | undefined, flags: number) {
  return { iface: IFACE, vrf: VRF, address, mac, flags };
}
