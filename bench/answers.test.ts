import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { receivedGigabits } from './benches/iperf.ts';
import { parsePassage } from './generator/generator.ts';
import { addressedTo, udpFrame } from './traffic.ts';

const passage = {
  seconds: 1,
  offered: 11,
  sent: 10,
  received: 9,
  tries: 5,
  full: 1,
  stalls: 0,
  stalledSeconds: 0,
  excluded: 0,
  medianNs: 400,
  p99Ns: 900,
  p999Ns: 2000,
  longestNs: 5000,
};

test("the generator's answer is read when no figure is missing", () => {
  equal(parsePassage(JSON.stringify(passage)).received, 9);
  const { p999Ns: _, ...rest } = passage;
  throws(() => parsePassage(JSON.stringify(rest)), /expected p999Ns in the generator's answer/);
});

test('of iperf3, what arrived counts', () => {
  const text = JSON.stringify({
    end: { sum_sent: { bits_per_second: 9e9 }, sum_received: { bits_per_second: 2e9 } },
  });
  equal(receivedGigabits(text), 2);
  throws(
    () => receivedGigabits('{"error":"unable to connect"}'),
    /expected what arrived .*unable to connect/,
  );
});

test('a frame that is addressed to another station is otherwise the same', () => {
  const frame = udpFrame({ source: '192.168.0.2', destination: '10.1.2.3', bytes: 60 });
  const changed = addressedTo('02:70:63:61:70:01', frame);
  equal(changed[5], 1);
  equal(Buffer.compare(changed.subarray(6), frame.subarray(6)), 0);
});
