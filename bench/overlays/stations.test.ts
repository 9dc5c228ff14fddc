import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { allConversations, farMac, nearMac, randomConversations } from './stations.ts';

test('every station has an address of its own, on either side', () => {
  const macs = Array.from({ length: 70_000 }, (_, station) => [nearMac(station), farMac(station)]).flat();
  equal(new Set(macs).size, 140_000);
});

test('when all talk, each station before the port sends once and each behind it receives once', () => {
  const frames = allConversations(1000);
  equal(new Set(frames.map((frame) => hex(frame.subarray(0, 6)))).size, 1000);
  equal(new Set(frames.map((frame) => hex(frame.subarray(6, 12)))).size, 1000);
  ok(frames.some((frame, index) => hex(frame.subarray(6, 12)) > hex(frames[index + 1]?.subarray(6, 12))));
});

test('random conversations are among so many stations, and the same each time', () => {
  const frames = randomConversations(4, 100);
  equal(new Set(frames.map((frame) => hex(frame.subarray(0, 6)))).size, 4);
  equal(hex(frames[99]), hex(randomConversations(4, 100)[99]));
});

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
