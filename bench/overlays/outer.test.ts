import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { smallestFrame, udpFrame } from '../traffic.ts';
import {
  mplsOverGreFrame,
  mplsOverUdpFrame,
  openMplsOverGre,
  openMplsOverUdp,
  openRouted,
  openVxlan,
  vxlanFrame,
} from './outer.ts';

const ends = { source: '192.168.0.2', destination: '192.168.0.1' };
const inner = udpFrame({ source: '10.0.0.1', destination: '10.0.0.2', bytes: smallestFrame('ipv4') });
const packet = inner.subarray(14);

test('what is put into a tunnel comes out of it again', () => {
  deepEqual(openVxlan(vxlanFrame(inner, { ...ends, vni: 16_000 }), { ...ends, vni: 16_000 }), inner);
  const labelled = { ...ends, label: 100_000 };
  deepEqual(openMplsOverUdp(mplsOverUdpFrame(packet, labelled), labelled), packet);
  deepEqual(openMplsOverGre(mplsOverGreFrame(packet, labelled), labelled), packet);
});

test('tunnels add as many bytes as their standards say', () => {
  equal(vxlanFrame(inner, { ...ends, vni: 1 }).length, inner.length + 50);
  equal(mplsOverUdpFrame(packet, { ...ends, label: 100 }).length, inner.length + 32);
  equal(mplsOverGreFrame(packet, { ...ends, label: 100 }).length, inner.length + 28);
});

test('another number, other ends and another tunnel are refused', () => {
  const frame = vxlanFrame(inner, { ...ends, vni: 7 });
  throws(() => openVxlan(frame, { ...ends, vni: 8 }), /expected VNI 8/);
  throws(() => openVxlan(frame, { ...ends, source: '192.168.0.3', vni: 7 }), /outer address 192.168.0.3/);
  throws(() => openMplsOverUdp(frame, { ...ends, label: 7 }), /expected port 6635/);
  throws(() => openMplsOverGre(frame, { ...ends, label: 7 }), /expected protocol 47/);
  throws(() => openVxlan(inner, { ...ends, vni: 7 }), /expected .* in a frame that left/);
});

test('an outer header that was damaged is refused', () => {
  const frame = vxlanFrame(inner, { ...ends, vni: 7 });
  frame[22] = 1;
  throws(() => openVxlan(frame, { ...ends, vni: 7 }), /expected an outer checksum that is right/);
});

test('of a routed packet the TTL may differ, and nothing else', () => {
  const again = (ttl: number) =>
    udpFrame({ source: '10.0.0.1', destination: '10.0.0.2', bytes: smallestFrame('ipv4'), ttl });
  deepEqual(openRouted(again(63)), openRouted(again(64)));
  const other = again(64);
  other[22] = 12; // its checksum is another's now
  throws(() => openRouted(other), /checksum/);
});
