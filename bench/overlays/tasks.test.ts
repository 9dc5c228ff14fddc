import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { udpFrame } from '../traffic.ts';
import { bridging } from './bridge.ts';
import { labelDecapsulation, labelEncapsulation } from './mpls.ts';
import { translatedDestinations, translatedFrames } from './nat.ts';
import { mplsOverGreFrame, mplsOverUdpFrame, vxlanFrame } from './outer.ts';
import { judge } from './proof.ts';
import { plainRouting } from './routing.ts';
import { segmentEncapsulation, segmentFrame } from './srv6.ts';
import { randomConversations } from './stations.ts';
import type { Task } from './task.ts';
import { leaving } from './underlay.ts';
import { vxlanDecapsulation, vxlanEncapsulation, vxlanNetworks } from './vxlan.ts';

const asTheyArrived = (task: Task) => task.frames;
const inVxlan = ({ frames }: Task) => frames.map((frame) => vxlanFrame(frame, { ...leaving, vni: 100 }));
const labelledBy = (wrap: typeof mplsOverUdpFrame) => (task: Task) =>
  task.frames.map((frame) => wrap(frame.subarray(14), { ...leaving, label: 100 }));
const inSegments = ({ frames }: Task) => frames.map((frame) => segmentFrame(frame.subarray(14)));

const cases: readonly {
  readonly name: string;
  readonly task: Task;
  readonly right: (task: Task) => readonly Uint8Array[];
}[] = [
  { name: 'bridging', task: bridging(8, randomConversations(8, 64)), right: asTheyArrived },
  { name: 'routing', task: plainRouting(), right: asTheyArrived },
  { name: 'dnat44', task: translatedDestinations(), right: translatedFrames },
  { name: 'VXLAN encapsulation', task: vxlanEncapsulation(), right: inVxlan },
  { name: 'VXLAN decapsulation', task: vxlanDecapsulation(), right: ({ carried }) => carried },
  { name: 'MPLS over UDP', task: labelEncapsulation('mplsoudp'), right: labelledBy(mplsOverUdpFrame) },
  { name: 'MPLS over GRE', task: labelEncapsulation('mplsogre'), right: labelledBy(mplsOverGreFrame) },
  { name: 'SRv6', task: segmentEncapsulation(), right: inSegments },
];

for (const { name, task, right } of cases) {
  test(`${name} is proven by the frames it is to send, and by no others`, () => {
    judge(task, right(task));
    throws(() => judge(task, right(task).slice(1)), /missing/);
    throws(
      () => judge(task, [udpFrame({ source: '10.0.0.1', destination: '10.0.0.2', bytes: 60 })]),
      /wrong/,
    );
  });
}

test('a router that sends frames as they came proves nothing', () => {
  for (const task of [
    vxlanDecapsulation(),
    vxlanNetworks(4, 64),
    labelDecapsulation('mplsogre'),
    translatedDestinations(),
    segmentEncapsulation(),
  ])
    throws(() => judge(task, task.frames), /frames are wrong/);
});

test('every network has its VNI in turn, and all their packets differ', () => {
  const { frames, carried } = vxlanNetworks(4, 64);
  deepEqual(
    frames.slice(0, 5).map((frame) => frame[48]),
    [1, 2, 3, 4, 1],
  );
  deepEqual(new Set(carried.map((packet) => Buffer.from(packet).toString('hex'))).size, 64);
});
