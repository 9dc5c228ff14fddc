import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ACK, answerTo, FIN, NatBench, RST, type Spec, SYN } from './testing/nat-bench.ts';

let nat: NatBench;

beforeEach(async () => {
  nat = await NatBench.open();
  nat.translateSources();
});

const out: Spec = { kind: 'tcp', source: '10.0.1.2', destination: '10.0.2.2', sport: 9, dport: 80 };
const send = (flags: number) => nat.receive(nat.inside, { ...out, flags });
const answer = (flags: number) =>
  nat.receive(nat.outside, { ...answerTo({ ...out, source: '10.0.2.1' }), flags });
const state = () => nat.all[0]?.state;

function connect(): void {
  send(SYN);
  assert.equal(state(), 'new');
  answer(SYN | ACK);
  assert.equal(state(), 'new');
  send(ACK);
  assert.equal(state(), 'established');
}

describe('a TCP connection', () => {
  it('is closed by one end, then by the other', () => {
    connect();
    answer(FIN | ACK);
    assert.equal(state(), 'half-close');
    send(FIN | ACK);
    assert.equal(state(), 'time-wait');
  });

  it('begins anew when its ports do', () => {
    connect();
    answer(FIN | ACK);
    send(FIN | ACK);
    connect();
    assert.equal(nat.all.length, 1);
  });

  it('goes on after a reset that its ends do not know of', () => {
    connect();
    answer(RST);
    assert.equal(state(), 'closed');
    send(ACK);
    assert.equal(state(), 'established');
  });

  for (const { reached, flags, seconds } of [
    { reached: 'established', flags: undefined, seconds: 300 },
    { reached: 'half-close', flags: FIN | ACK, seconds: 120 },
    { reached: 'closed', flags: RST, seconds: 5 },
  ] as const) {
    it(`lasts ${seconds} seconds without packets when it is ${reached}`, () => {
      connect();
      if (flags !== undefined) answer(flags);
      assert.equal(state(), reached);
      nat.pass((seconds - 1) * 1000);
      assert.equal(nat.all.length, 1);
      nat.pass(2000);
      assert.equal(nat.all.length, 0);
    });
  }

  it('in time-wait is not kept by what still comes', () => {
    connect();
    answer(FIN | ACK);
    send(FIN | ACK);
    for (let second = 0; second < 31; second++) {
      nat.pass(1000);
      answer(ACK);
    }
    assert.equal(nat.all.length, 0);
  });
});

describe('an exchange of datagrams', () => {
  const datagram: Spec = { ...out, kind: 'udp' };

  it('lasts 5 seconds while nobody answers, and 30 then', () => {
    nat.receive(nat.inside, datagram);
    assert.equal(state(), 'new');
    nat.pass(6000);
    assert.equal(nat.all.length, 0);
    nat.receive(nat.inside, datagram);
    nat.receive(nat.outside, answerTo({ ...datagram, source: '10.0.2.1' }));
    assert.equal(state(), 'established');
    nat.pass(29_000);
    assert.equal(nat.all.length, 1);
    nat.pass(2000);
    assert.equal(nat.all.length, 0);
  });

  it('lasts as long as anybody speaks', () => {
    for (let second = 0; second < 12; second++) {
      nat.receive(nat.inside, datagram);
      nat.pass(1000);
    }
    assert.equal(nat.all.length, 1);
  });
});
