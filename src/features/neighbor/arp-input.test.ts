import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MODE_MEASURE } from '../../engine/layout.ts';
import { parseIpv4 } from '../../net/address.ts';
import { etherFrame } from '../../net/frame/build.ts';
import { type ArpFields, arpMessage } from '../../net/frame/build-arp.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { parseMac } from '../../net/mac.ts';
import {
  HEARD_ANSWER,
  HEARD_CLAIM,
  HEARD_CONFLICT,
  HEARD_REQUEST,
  HEARD_SNOOPED,
  HEARD_UNASKED,
} from './layout.ts';
import { HOST_MAC, heardIn, IFACE, LinkBench, ROUTER_MAC, VRF } from './testing/link-bench.ts';

const OURS = '10.0.0.1';
const HOST = '10.0.0.2';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const link = await LinkBench.open();
link.answerFor(OURS);

describe('arp-input', () => {
  it('answers a request for an address of ours in place, on both ways', () => {
    for (const mode of [0, MODE_MEASURE]) {
      link.bench.mode = mode;
      const outcome = receive(request(HOST, OURS));
      assert.equal(
        describeLayers(decodeFrame(outcome.sent[0]?.bytes ?? new Uint8Array())),
        `${ROUTER_MAC} > ${HOST_MAC} arp, arp reply ${OURS} is-at ${ROUTER_MAC}`,
      );
      assert.deepEqual(outcome.ended, { sent: 1 });
    }
    link.bench.mode = 0;
  });

  it('says in the answer who asked', () => {
    const [, arp] = decodeFrame(receive(request(HOST, OURS)).sent[0]?.bytes ?? new Uint8Array());
    assert.deepEqual(arp, {
      layer: 'arp',
      operation: 2,
      senderMac: ROUTER_MAC,
      senderAddress: OURS,
      targetMac: HOST_MAC,
      targetAddress: HOST,
    });
  });

  it('answers for every address on an access link, but neither probes nor announcements', () => {
    link.access = true;
    const outcome = receive(request(HOST, '192.0.2.9'));
    assert.equal(
      describeLayers(decodeFrame(outcome.sent[0]?.bytes ?? new Uint8Array())),
      `${ROUTER_MAC} > ${HOST_MAC} arp, arp reply 192.0.2.9 is-at ${ROUTER_MAC}`,
    );
    assert.deepEqual(receive(request('0.0.0.0', HOST)).ended, { 'arp-not-for-us': 1 });
    assert.deepEqual(receive(request(HOST, HOST)).ended, { consumed: 1 });
    link.access = false;
    assert.deepEqual(receive(request(HOST, '192.0.2.9')).ended, { 'arp-not-for-us': 1 });
  });

  it('tells the control thread who asked and who answered', () => {
    assert.deepEqual(heardIn(receive(request(HOST, OURS))), [heard(HOST, HEARD_REQUEST)]);
    const outcome = receive({ operation: 'reply', ...host(HOST), ...us() });
    assert.deepEqual(heardIn(outcome), [heard(HOST, HEARD_ANSWER)]);
    assert.deepEqual(outcome.ended, { consumed: 1 });
  });

  it('answers a probe for an address of ours, and learns nothing from it', () => {
    const outcome = receive(request('0.0.0.0', OURS));
    assert.equal(outcome.sent.length, 1);
    assert.deepEqual(outcome.events, []);
  });

  it('does not answer announcements, but tells them', () => {
    for (const operation of ['request', 'reply'] as const) {
      const outcome = receive({ ...request(HOST, HOST), operation });
      assert.deepEqual(outcome.ended, { consumed: 1 });
      assert.deepEqual(heardIn(outcome), [heard(HOST, HEARD_UNASKED)]);
    }
  });

  it('listens to others only where the interface snoops', () => {
    const others = request(HOST, '10.0.0.3');
    assert.deepEqual(receive(others).ended, { 'arp-not-for-us': 1 });
    link.snooping = true;
    const outcome = receive(others);
    assert.deepEqual(outcome.ended, { consumed: 1 });
    assert.deepEqual(heardIn(outcome), [heard(HOST, HEARD_SNOOPED)]);
    assert.deepEqual(receive(request('0.0.0.0', '10.0.0.3')).ended, { 'arp-not-for-us': 1 });
    link.snooping = false;
  });

  it('tells when another station uses an address of ours', () => {
    const outcome = receive(request(OURS, OURS));
    assert.deepEqual(outcome.ended, { 'arp-address-conflict': 1 });
    assert.deepEqual(heardIn(outcome), [heard(OURS, HEARD_CONFLICT)]);
  });

  it('tells who has an address that we ask for, or asks for it too, but does not answer for it', () => {
    const wanted = '10.0.0.7';
    const unknown = { targetMac: parseMac(ROUTER_MAC), target: parseIpv4('0.0.0.0') };
    const claims: readonly ArpFields[] = [
      { operation: 'reply', ...host(wanted), ...unknown },
      request('0.0.0.0', wanted),
      request(wanted, wanted),
      request(wanted, HOST),
    ];
    link.probe(wanted);
    for (const claim of claims)
      assert.deepEqual(
        heardIn(receive(claim))[0],
        heard(wanted, HEARD_CLAIM),
        JSON.stringify(claim.operation),
      );
    const asked = receive(request(HOST, wanted));
    assert.deepEqual([asked.ended, asked.events], [{ 'arp-not-for-us': 1 }, []]);
    link.endProbe(wanted);
    assert.deepEqual(
      claims.map((claim) => receive(claim).events.length),
      [0, 0, 1, 0],
    );
  });

  it('drops what is no ARP for IPv4 over Ethernet, each under its name', () => {
    const broken: [string, (message: DataView) => void][] = [
      ['arp-bad-hardware', (message) => message.setUint16(0, 6)],
      ['arp-bad-hardware', (message) => message.setUint8(4, 8)],
      ['arp-bad-protocol', (message) => message.setUint16(2, 0x86dd)],
      ['arp-bad-protocol', (message) => message.setUint8(5, 16)],
      ['arp-bad-operation', (message) => message.setUint16(6, 3)],
      ['arp-bad-operation', (message) => message.setUint16(6, 0x0101)],
      ['arp-bad-sender-mac', (message) => message.setUint8(8, 1)],
      ['arp-bad-sender-mac', (message) => new Uint8Array(message.buffer).fill(0, 8, 14)],
      ['arp-bad-sender-address', (message) => message.setUint32(14, 0xe0000001)],
      ['arp-bad-sender-address', (message) => message.setUint32(14, 0x7f000001)],
      ['arp-bad-sender-address', (message) => message.setUint32(14, 0x00000001)],
      ['arp-bad-sender-address', (message) => message.setUint32(14, 0xffffffff)],
      ['arp-own', (message) => message.setUint32(10, 0x00000001)],
    ];
    for (const [drop, damage] of broken) {
      const message = arpMessage(request(HOST, OURS));
      damage(new DataView(message.buffer));
      const outcome = link.bench.receive(0, [frameOf(message)]);
      assert.deepEqual(
        { ended: outcome.ended, events: outcome.events },
        { ended: { [drop]: 1 }, events: [] },
      );
    }
    const reply = arpMessage({ ...request('0.0.0.0', OURS), operation: 'reply' });
    assert.deepEqual(link.bench.receive(0, [frameOf(reply)]).ended, { 'arp-bad-sender-address': 1 });
  });

  it('drops a message that is cut anywhere', () => {
    const message = arpMessage(request(HOST, OURS));
    for (let bytes = 0; bytes < message.length; bytes++) {
      const outcome = link.bench.receive(0, [frameOf(message.subarray(0, bytes))]);
      assert.deepEqual(outcome.ended, { 'arp-truncated': 1 });
    }
  });

  it('answers on the interface that has the address only, and no longer than it has it', () => {
    link.answerFor('10.0.0.9', IFACE + 1);
    assert.deepEqual(receive(request(HOST, '10.0.0.9')).ended, { 'arp-not-for-us': 1 });
    link.answerFor('10.0.0.9');
    assert.equal(receive(request(HOST, '10.0.0.9')).sent.length, 1);
    assert.equal(link.stopAnswering('10.0.0.9'), true);
    assert.equal(link.stopAnswering('10.0.0.9'), false);
    assert.deepEqual(receive(request(HOST, '10.0.0.9')).ended, { 'arp-not-for-us': 1 });
  });

  it('finds each of many addresses, while others come and go', () => {
    const addresses = Array.from({ length: 5000 }, (_, i) => `172.16.${i >> 8}.${i & 255}`);
    for (const address of addresses) assert.equal(link.answerFor(address), true);
    for (const address of addresses.filter((_, i) => i % 2)) assert.equal(link.stopAnswering(address), true);
    addresses.forEach((address, i) => {
      assert.equal(receive(request(HOST, address)).sent.length, i % 2 ? 0 : 1, address);
    });
    for (const address of addresses) assert.equal(link.answerFor(address), true);
    for (const address of addresses) assert.equal(link.stopAnswering(address), true, address);
    assert.equal(receive(request(HOST, OURS)).sent.length, 1);
  });

  it('loses no buffer', () => {
    assert.equal(link.bench.buffersOut, 0);
  });
});

function receive(fields: ArpFields) {
  return link.bench.receive(0, [frameOf(arpMessage(fields))]);
}

function frameOf(message: Uint8Array): Uint8Array {
  return etherFrame({ destination: BROADCAST, source: HOST_MAC, etherType: 0x0806 }, message);
}

function request(sender: string, target: string): ArpFields {
  return { operation: 'request', ...host(sender), target: parseIpv4(target) };
}

function host(address: string) {
  return { senderMac: parseMac(HOST_MAC), sender: parseIpv4(address) };
}

function us() {
  return { targetMac: parseMac(ROUTER_MAC), target: parseIpv4(OURS) };
}

function heard(address: string, flags: number) {
  return { iface: IFACE, vrf: VRF, address, mac: HOST_MAC, flags };
}
