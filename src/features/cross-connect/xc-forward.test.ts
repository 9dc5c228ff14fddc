import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { etherFrame } from '../../net/frame/build.ts';
import { LinkBench } from '../interface/testing/link-bench.ts';

let links: LinkBench;

/** What p1 receives leaves by p2, and the other way round. */
beforeEach(async () => {
  links = await LinkBench.open();
  links.interfaces.defineMode('XC', 'xc-forward');
  const [p1, p2] = [links.port(1), links.port(2)];
  await links.interfaces.set('p1', { domain: p2.id });
  await links.interfaces.set('p2', { domain: p1.id });
});

/** A frame to somebody else, with so many bytes behind its Ethernet header. */
const frame = (bytes: number, etherType = 0x88b5) =>
  etherFrame(
    { destination: '02:00:00:00:00:77', source: '02:00:00:00:00:99', etherType },
    Uint8Array.from({ length: bytes }, (_, i) => i),
  );

/** A frame of so many bytes behind two tags. */
function stacked(bytes: number): Uint8Array {
  const tagged = frame(bytes + 8, 0x88a8);
  tagged.set([0x00, 0x05, 0x81, 0x00, 0x00, 0x06, 0x88, 0xb5], 14);
  return tagged;
}

describe('a cross-connected interface', () => {
  it('sends what the other one receives, whatever it is', () => {
    const group = frame(60, 0x0806).fill(0xff, 0, 6);
    for (const bytes of [frame(0), frame(60), frame(46, 46), group, stacked(60)]) {
      for (const [from, to] of [
        [1, 2],
        [2, 1],
      ] as const) {
        const { sent } = links.receive(from, bytes);
        assert.deepEqual(
          sent.map(({ port, bytes }) => [port, bytes]),
          [[to, bytes]],
        );
      }
    }
  });

  it('sends jumbo frames in several segments', async () => {
    await links.interfaces.set('p2', { mtu: 9000 });
    const { sent } = links.receive(1, frame(9000), { segmentBytes: 1000 });
    assert.deepEqual(sent[0]?.bytes, frame(9000));
  });

  it('counts and traces nothing away: each direction is its own', async () => {
    await links.interfaces.set('p2', { domain: 0 });
    assert.equal(links.receive(1, frame(60)).sent[0]?.port, 2);
    assert.deepEqual(links.receive(2, frame(60)).ended, { 'ether-other-station': 1 });
  });
});

describe('a frame is dropped', () => {
  it('when the other interface is down', async () => {
    await links.interfaces.set('p2', { up: false });
    assert.deepEqual(links.receive(1, frame(60)).ended, { 'xc-peer-down': 1 });
  });

  it('when the other interface has no link', () => {
    links.interfaces.note(links.interfaces.named('find', 'p2').id, { running: false });
    assert.deepEqual(links.receive(1, frame(60)).ended, { 'xc-peer-down': 1 });
  });

  it('when it is longer than the other interface sends', () => {
    assert.deepEqual(links.receive(1, frame(1501)).ended, { 'xc-too-long': 1 });
    assert.deepEqual(links.receive(1, frame(1500)).ended, { sent: 1 });
  });

  it('when it is longer without its tags', () => {
    assert.deepEqual(links.receive(1, stacked(1501)).ended, { 'xc-too-long': 1 });
    assert.deepEqual(links.receive(1, stacked(1500)).ended, { sent: 1 });
  });

  it('when it is shorter than an Ethernet header', () => {
    assert.deepEqual(links.receive(1, frame(60).subarray(0, 13)).ended, { 'ether-truncated': 1 });
  });
});
