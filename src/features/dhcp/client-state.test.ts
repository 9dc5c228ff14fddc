import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMac } from '../../net/mac.ts';
import { begin, type Client, decline, due, heard, reboot, type Step } from './client-state.ts';
import { readServerMessage } from './message.ts';
import { leaseOptions, type Said, serverMessage } from './testing/server.ts';

const mac = '02:00:00:00:00:01';
const at = (seconds: number) => ({ nowMs: seconds * 1000, random: 0.5 });

/** What a client makes of a message at a time. */
function hear(client: Client, seconds: number, fields: Partial<Said>): Step | undefined {
  const options = leaseOptions(80);
  const bytes = serverMessage({ kind: 'ack', xid: client.xid, mac, yours: '10.0.0.5', options, ...fields });
  const message = readServerMessage(bytes);
  assert.ok(message);
  return heard(client, message, parseMac(mac), at(seconds));
}

/** A client that has been given 10.0.0.5 for 80 s, which it asked for at zero, and asks the link for it. */
function probing(): Client {
  const offered = hear(begin(at(0)).client, 0, { kind: 'offer' });
  const given = offered && hear(offered.client, 0, {});
  assert.deepEqual([given?.client.state, given?.actions], ['probing', ['probe']]);
  assert.ok(given);
  return given.client;
}

/** A client that has taken it. */
function bound(): Client {
  let step: Step = { client: probing(), actions: [] };
  while (step.client.state === 'probing') step = due(step.client, { nowMs: step.client.dueMs, random: 0.5 });
  assert.deepEqual(step.actions, ['take']);
  return step.client;
}

/** Does what is due, as often as it is, until a time: when, in which state, and what was done. */
function run(first: Client, untilS: number): readonly string[] {
  const done: string[] = [];
  for (let client = first; client.dueMs <= untilS * 1000; ) {
    const seconds = client.dueMs / 1000;
    const step = due(client, at(seconds));
    client = step.client;
    done.push(`${Math.round(seconds)} ${client.state} ${step.actions.join(' ')}`);
  }
  return done;
}

describe('a client', () => {
  it('asks whoever is there, ever more slowly', () => {
    const { client, actions } = begin(at(0));
    assert.deepEqual([client.state, actions], ['selecting', ['ask']]);
    const times = run(client, 200).map((line) => Number.parseInt(line, 10));
    assert.deepEqual(times, [4, 12, 28, 60, 124, 188]);
  });

  it('takes the first offer, asks for it, and begins again when nobody answers', () => {
    const offered = hear(begin(at(0)).client, 1, { kind: 'offer' });
    assert.deepEqual([offered?.client.state, offered?.actions], ['requesting', ['ask']]);
    assert.ok(offered);
    assert.equal(hear(offered.client, 2, { kind: 'offer' }), undefined);
    assert.deepEqual(run(offered.client, 62), [
      '5 requesting ask',
      '13 requesting ask',
      '29 requesting ask',
      '61 selecting ask',
    ]);
  });

  it('asks the link three times who has the address that it is given, and takes it when nobody says so', () => {
    const done: string[] = [];
    for (let client = probing(); client.dueMs < 10_000; ) {
      const step = due(client, { nowMs: client.dueMs, random: 0.5 });
      done.push(`${client.dueMs} ${step.client.state} ${step.actions}`);
      client = step.client;
    }
    assert.deepEqual(done, ['300 probing probe', '600 probing probe', '900 bound take']);
    assert.equal(hear(probing(), 1, {}), undefined);
  });

  it('declines an address that somebody else has, and asks for another ten seconds later', () => {
    const { client, actions } = decline(probing(), at(1));
    assert.deepEqual([client.state, actions, client.lease], ['selecting', ['decline'], undefined]);
    assert.deepEqual(run(client, 11), ['11 selecting ask']);
  });

  it('asks the link for another address than the one that it has, and loses both when that is declined', () => {
    const given = hear(due(bound(), at(40)).client, 41, { yours: '10.0.0.6' });
    assert.deepEqual([given?.client.state, given?.actions], ['probing', ['probe']]);
    assert.ok(given);
    assert.deepEqual(decline(given.client, at(42)).actions, ['decline', 'lose']);
  });

  it('renews its lease, asks everybody, and loses it, when nobody answers', () => {
    assert.deepEqual(run(bound(), 81), ['40 renewing ask', '70 rebinding ask', '80 selecting lose ask']);
  });

  it('is bound again by the answer to what it asked, from when it asked', () => {
    const renewing = due(bound(), at(40)).client;
    const step = hear(renewing, 42, {});
    assert.deepEqual([step?.client.state, step?.actions, step?.client.dueMs], ['bound', ['take'], 80_000]);
    const rebinding = due(renewing, at(70)).client;
    assert.equal(hear(rebinding, 71, {})?.client.lease?.expiresMs, 150_000);
  });

  it('loses its lease at once when it is refused, and asks again a second later', () => {
    const step = hear(due(bound(), at(40)).client, 41, { kind: 'nak' });
    assert.deepEqual(step?.actions, ['refused', 'lose']);
    assert.deepEqual([step?.client.state, step?.client.dueMs], ['selecting', 42_000]);
  });

  it('asks for its address again when its link comes back, and keeps it when nobody answers', () => {
    const step = reboot(bound(), at(20));
    assert.deepEqual([step.client.state, step.actions], ['rebooting', ['ask']]);
    assert.deepEqual(run(step.client, 39), ['24 rebooting ask', '32 bound ']);
    assert.equal(reboot(begin(at(0)).client, at(5)).client.state, 'selecting');
  });

  it('does not listen to what is for others, for what it asked before, or when it rests', () => {
    const { client } = begin(at(0));
    assert.equal(hear(client, 1, { kind: 'offer', xid: client.xid + 1 }), undefined);
    assert.equal(hear(client, 1, { kind: 'offer', mac: '02:00:00:00:00:02' }), undefined);
    assert.equal(hear(client, 1, { kind: 'ack' }), undefined);
    assert.equal(hear(bound(), 1, { kind: 'nak' }), undefined);
  });
});
