import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { parseMac } from '../../../net/mac.ts';
import type { Interface } from '../../interface/index.ts';
import { LacpBond } from './lacp-bond.ts';
import { LacpState, readLacpdu, writeLacpdu } from './lacpdu.ts';

/** Two bonds with LACP, whose members of the same number are linked; time passes when a test says so. */
class Wire {
  nowMs = 0;
  /** Links that lose what is sent, by number. */
  readonly cut = new Set<number>();
  readonly said: { readonly from: string; readonly link: number; readonly frame: Uint8Array }[] = [];
  readonly ours = this.#bond('ours', '02:00:00:00:00:01');
  readonly theirs = this.#bond('theirs', '02:00:00:00:00:02');
  readonly #late: (() => void)[] = [];

  #bond(name: 'ours' | 'theirs', system: string): LacpBond {
    const send = (link: number, frame: Uint8Array) => {
      this.said.push({ from: name, link, frame });
      if (this.cut.has(link)) return;
      const other = () => (name === 'ours' ? this.theirs : this.ours);
      this.#late.push(() => other().receive(link, frame, this.nowMs));
    };
    return new LacpBond({ system: parseMac(system), key: 7, send });
  }

  pass(milliseconds: number): void {
    for (const end = this.nowMs + milliseconds; this.nowMs < end; this.nowMs += 100) {
      for (const bond of [this.ours, this.theirs]) bond.tick(this.nowMs);
      for (const arrive of this.#late.splice(0)) arrive();
    }
  }
}

const member = (id: number, running = true, speedMbps = 1000) =>
  ({ id, up: true, running, speedMbps }) as Interface;
let wire: Wire;

beforeEach(() => {
  wire = new Wire();
  for (const bond of [wire.ours, wire.theirs]) bond.setMembers([member(1), member(2)], wire.nowMs);
});

describe('two ends that speak LACP', () => {
  it('use all links within three seconds', () => {
    wire.pass(3000);
    assert.deepEqual(wire.ours.choice, { sends: [1, 2], takes: [1, 2] });
    assert.deepEqual(wire.theirs.choice, wire.ours.choice);
  });

  it('never send where the other end does not take', () => {
    for (let steps = 0; steps < 40; steps++) {
      wire.pass(100);
      const { takes } = wire.theirs.choice;
      assert.ok(wire.ours.choice.sends.every((id) => takes.includes(id)));
    }
  });

  it('hear each other every second, and never send more than three frames in one', () => {
    wire.pass(10_000);
    const ours = wire.said.filter(({ from, link }) => from === 'ours' && link === 1);
    assert.ok(ours.length >= 10 && ours.length <= 18, `${ours.length} frames`);
  });

  it('leave a link whose frames are lost, after three to six seconds', () => {
    wire.pass(4000);
    wire.cut.add(2);
    wire.pass(2000);
    assert.deepEqual(wire.ours.choice.sends, [1, 2]);
    wire.pass(4500);
    assert.deepEqual([wire.ours.choice.sends, wire.theirs.choice.sends], [[1], [1]]);
    assert.equal(wire.ours.view(2)?.state, 'defaulted');
    wire.cut.clear();
    wire.pass(4000);
    assert.deepEqual(wire.ours.choice.sends, [1, 2]);
  });

  it('leave a link at once that has failed, and one whose end says so', () => {
    wire.pass(4000);
    wire.ours.setMembers([member(1), member(2, false)], wire.nowMs);
    assert.deepEqual(wire.ours.choice, { sends: [1], takes: [1] });
    wire.ours.setMembers([member(1), member(2)], wire.nowMs);
    wire.pass(4000);
    wire.ours.setMembers([member(1)], wire.nowMs);
    wire.pass(200);
    assert.deepEqual(wire.theirs.choice.sends, [1]);
    assert.equal(wire.ours.view(2), undefined);
  });

  it('say so when they end', () => {
    wire.pass(4000);
    wire.ours.close();
    wire.pass(200);
    assert.deepEqual(wire.theirs.choice.sends, []);
  });
});

describe('members act as one', () => {
  it('only where they lead to one system', () => {
    wire.pass(4000);
    const { frame } = wire.said.findLast(({ from, link }) => from === 'theirs' && link === 2) ?? {};
    const pdu = readLacpdu(frame ?? new Uint8Array());
    assert.ok(pdu);
    wire.cut.add(2);
    const other = { ...pdu, actor: { ...pdu.actor, system: parseMac('02:00:00:00:00:99') } };
    wire.ours.receive(2, writeLacpdu(other.actor.system, other), wire.nowMs);
    wire.pass(500);
    assert.deepEqual(wire.ours.choice, { sends: [1], takes: [1] });
  });

  it('only where their speeds are the same', () => {
    wire.ours.setMembers([member(1, true, 1000), member(2, true, 10_000)], 0);
    wire.pass(4000);
    assert.deepEqual(wire.ours.choice.sends, [2]);
  });
});

it('who never answers is never used', () => {
  wire.cut.add(1).add(2);
  wire.pass(10_000);
  assert.deepEqual(wire.ours.choice, { sends: [], takes: [] });
  assert.equal(wire.ours.view(1)?.state, 'defaulted');
});

it('a frame is read as it was written, and others are not', () => {
  wire.pass(3500);
  const { frame = new Uint8Array() } = wire.said.at(-1) ?? {};
  const pdu = readLacpdu(frame);
  assert.ok(pdu);
  assert.deepEqual(writeLacpdu(parseMac('02:00:00:00:00:02'), pdu).subarray(14), frame.subarray(14));
  assert.ok(pdu.actor.state & LacpState.DISTRIBUTING);
  for (const [at, value] of [
    [14, 2],
    [15, 0],
    [16, 9],
    [17, 3],
    [36, 9],
  ] as const)
    assert.equal(readLacpdu(frame.slice().fill(value, at, at + 1)), undefined);
  assert.equal(readLacpdu(frame.subarray(0, 123)), undefined);
});

it('a marker is answered, and an answer is not', () => {
  const marker = new Uint8Array(124).fill(5, 20, 40);
  marker.set([2, 1, 1, 16], 14);
  wire.ours.receive(1, marker, 0);
  const answers = () => wire.said.filter(({ frame: said }) => said[14] === 2);
  const [{ frame } = { frame: marker }] = answers();
  assert.deepEqual([...frame.slice(14, 40)], [2, 1, 2, 16, 0, 0, ...new Array(20).fill(5)]);
  wire.ours.receive(1, frame, 0);
  assert.equal(answers().length, 1);
});
