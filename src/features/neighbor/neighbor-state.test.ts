import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMac } from '../../net/mac.ts';
import { defaultConfig, type NeighborConfig } from './config.ts';
import { type Neighbor, type NeighborEvent, newNeighbor, stepNeighbor } from './neighbor-state.ts';

const mac = parseMac('02:00:00:00:00:0a');
const otherMac = parseMac('02:00:00:00:00:0b');
const packet: NeighborEvent = { type: 'packet' };
const silence: NeighborEvent = { type: 'timeout', used: false };
const use: NeighborEvent = { type: 'timeout', used: true };
const answer: NeighborEvent = { type: 'heard', mac, confirms: true, replaces: true };
const claim = (what: Partial<Extract<NeighborEvent, { type: 'heard' }>>): NeighborEvent => ({
  type: 'heard',
  mac,
  confirms: false,
  replaces: true,
  ...what,
});

describe('neighbour', () => {
  it('is asked for on the link when the first packet waits for it', () => {
    const life = new Life();
    assert.deepEqual(life.take(packet), ['ask-link']);
    assert.equal(life.state, 'pending');
    assert.deepEqual(life.take(packet), []);
  });

  it('is reachable and gets what was held when it answers', () => {
    const life = new Life().after(packet);
    assert.deepEqual(life.take(answer), ['send-held']);
    assert.equal(life.state, 'reachable');
    assert.deepEqual(life.neighbor.mac, mac);
    assert.equal(life.dueInS, 1200);
  });

  it('is asked three times, a second apart, and fails a second later', () => {
    const life = new Life().after(packet);
    assert.deepEqual(life.pass(), [1, 'ask-link']);
    assert.deepEqual(life.pass(), [1, 'ask-link']);
    assert.deepEqual(life.pass(), [1, 'drop-held']);
    assert.equal(life.state, 'failed');
  });

  it('is asked for again while failed, and forgotten after a minute', () => {
    const life = failed();
    assert.deepEqual(life.take(packet), ['drop-held']);
    for (let i = 0; i < 5; i++) assert.deepEqual(life.pass(), [10, 'ask-link']);
    assert.deepEqual(life.pass(), [10, 'forget']);
  });

  it('is not forgotten while somebody needs it', () => {
    const life = failed();
    life.kept = true;
    for (let i = 0; i < 20; i++) assert.equal(life.pass().at(-1), 'ask-link');
  });

  it('comes back from failure when it speaks', () => {
    const life = failed();
    assert.deepEqual(life.take(answer), ['send-held']);
    assert.equal(life.state, 'reachable');
  });

  it('is stale after its lifetime, and stays so while unused until another lifetime has passed', () => {
    const life = new Life().after(packet, answer);
    assert.deepEqual(life.pass(), [1200]);
    assert.equal(life.state, 'stale');
    assert.deepEqual(life.neighbor.mac, mac);
    for (let second = 5; second < 1200; second += 5) assert.deepEqual(life.pass(), [5]);
    assert.deepEqual(life.pass(), [5, 'forget']);
  });

  it('follows a lifetime that changes while it is reachable', () => {
    const life = new Life().after(packet, answer);
    life.config = { ...life.config, lifetime: 5 };
    assert.deepEqual(life.take({ type: 'configured' }), []);
    assert.equal(life.dueInS, 5);
  });

  it('is asked itself, then the link, when it is used while stale', () => {
    const life = stale();
    const asked = [life.pass(use), life.pass(), life.pass(), life.pass(), life.pass(), life.pass()];
    assert.deepEqual(asked, [
      [5, 'ask-neighbor'],
      [1, 'ask-neighbor'],
      [1, 'ask-neighbor'],
      [1, 'ask-link'],
      [1, 'ask-link'],
      [1, 'ask-link'],
    ]);
    assert.equal(life.state, 'stale');
    assert.deepEqual(life.pass(), [1, 'drop-held']);
    assert.equal(life.state, 'failed');
    assert.equal(life.neighbor.mac, undefined);
  });

  it('is reachable again when it answers while asked', () => {
    const life = stale().after(use);
    life.take(answer);
    assert.equal(life.state, 'reachable');
    assert.equal(life.neighbor.probes, 0);
    assert.equal(life.dueInS, 1200);
  });

  it('lives on with every answer', () => {
    const life = new Life().after(packet, answer);
    life.nowMs += 1000_000;
    life.take(answer);
    assert.equal(life.dueInS, 1200);
  });

  it('is stale when it told its MAC without being asked', () => {
    for (const before of [[], [packet]]) {
      const life = new Life().after(...before);
      assert.deepEqual(life.take(claim({})), ['send-held']);
      assert.equal(life.state, 'stale');
      assert.deepEqual(life.neighbor.mac, mac);
    }
  });

  it('takes a new MAC, and with proof that it is there stays reachable', () => {
    const life = new Life().after(packet, answer);
    life.take(claim({ mac: otherMac }));
    assert.equal(life.state, 'stale');
    assert.deepEqual(life.neighbor.mac, otherMac);
    life.take(claim({ mac, confirms: true }));
    assert.equal(life.state, 'reachable');
    assert.deepEqual(life.neighbor.mac, mac);
  });

  it('keeps its MAC against an advertisement that does not override, but doubts it', () => {
    const life = new Life().after(packet, answer);
    life.take(claim({ mac: otherMac, confirms: true, replaces: false }));
    assert.equal(life.state, 'stale');
    assert.deepEqual(life.neighbor.mac, mac);
    const before = life.neighbor;
    life.take(claim({ mac: otherMac, confirms: true, replaces: false }));
    assert.deepEqual(life.neighbor, before);
  });

  it('is confirmed by an answer without a MAC only when the MAC is known', () => {
    const nameless = claim({ mac: undefined, confirms: true });
    assert.deepEqual(new Life().after(packet).take(nameless), []);
    const life = stale();
    life.take(nameless);
    assert.equal(life.state, 'reachable');
  });

  it('does not change by hearing the same again', () => {
    const life = new Life().after(packet, answer);
    const due = life.neighbor.dueMs;
    life.nowMs += 5000;
    life.take(claim({}));
    assert.equal(life.state, 'reachable');
    assert.equal(life.neighbor.dueMs, due);
  });

  it('with a given MAC is reachable for ever', () => {
    const life = new Life({ fixed: true });
    assert.equal(life.state, 'reachable');
    assert.equal(life.neighbor.dueMs, undefined);
    life.take(claim({ mac: otherMac, confirms: true }));
    assert.deepEqual(life.neighbor.mac, mac);
    assert.deepEqual(life.take(packet), ['send-held']);
  });

  it('fails without a question when none may be asked', () => {
    const life = new Life({ config: { ...defaultConfig, bcastProbes: 0 } });
    assert.deepEqual(life.take(packet), ['drop-held']);
    assert.equal(life.state, 'failed');
  });
});

/** One neighbour on a clock of its own. */
class Life {
  neighbor: Neighbor;
  nowMs = 1000;
  kept = false;
  config: NeighborConfig;

  constructor(options: { readonly fixed?: boolean; readonly config?: NeighborConfig } = {}) {
    this.neighbor = newNeighbor(this.nowMs, options.fixed ? mac : undefined);
    this.config = options.config ?? defaultConfig;
  }

  get state() {
    return this.neighbor.state;
  }

  get dueInS(): number {
    return ((this.neighbor.dueMs ?? Number.NaN) - this.nowMs) / 1000;
  }

  after(...events: readonly NeighborEvent[]): this {
    for (const event of events) this.take(event);
    return this;
  }

  take(event: NeighborEvent) {
    const { nowMs, config, kept } = this;
    const { neighbor, actions } = stepNeighbor(this.neighbor, event, { nowMs, config, kept });
    this.neighbor = neighbor;
    return actions;
  }

  /** Lets time pass until the neighbour wants to know; returns how many seconds and what it does. */
  pass(event = silence) {
    const seconds = this.dueInS;
    this.nowMs = this.neighbor.dueMs ?? this.nowMs;
    return [seconds, ...this.take(event)];
  }
}

function failed(): Life {
  const life = new Life().after(packet);
  while (life.state !== 'failed') life.pass();
  return life;
}

function stale(): Life {
  const life = new Life().after(packet, answer);
  life.pass();
  return life;
}
