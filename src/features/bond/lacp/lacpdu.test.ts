import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { macToBytes, parseMac } from '../../../net/mac.ts';
import { answerToMarker, type Lacpdu, type LacpEnd, readLacpdu, writeLacpdu } from './lacpdu.ts';

const source = parseMac('02:00:00:00:00:01');
const end = (number: number): LacpEnd => ({
  systemPriority: 32768 + number,
  system: parseMac(`02:00:00:00:01:0${number}`),
  key: 300 + number,
  portPriority: 128 + number,
  port: 4000 + number,
  state: 60 + number,
});
const said: Lacpdu = { actor: end(1), partner: end(2) };
const frame = writeLacpdu(source, said);

/** The frame with other bytes at a place behind the Ethernet header. */
function changed(at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = frame.slice();
  copy.set(bytes, 14 + at);
  return copy;
}

describe('a frame of LACP', () => {
  it('says of both ends what was written, at the places of 802.1AX 6.4.2', () => {
    assert.deepEqual(readLacpdu(frame), said);
    assert.equal(frame.length, 124);
    const hex = Buffer.from(frame).toString('hex');
    assert.equal(hex.slice(0, 32), '0180c2000002020000000001880901' + '01');
    assert.equal(
      hex.slice(32, 72),
      '0114' + '8001' + '020000000101' + '012d' + '0081' + '0fa1' + '3d' + '000000',
    );
  });

  it('of a later version is read as far as it is known', () => {
    assert.deepEqual(readLacpdu(changed(1, 2)), said);
    assert.deepEqual(readLacpdu(Uint8Array.from([...frame, ...new Uint8Array(50)])), said);
  });

  it('that is cut, of another subtype, or laid out otherwise, is none', () => {
    for (let bytes = 0; bytes < frame.length; bytes++)
      assert.equal(readLacpdu(frame.subarray(0, bytes)), undefined);
    const broken = [
      changed(0, 2),
      changed(1, 0),
      changed(2, 2),
      changed(3, 21),
      changed(22, 1),
      changed(23, 19),
    ];
    for (const each of broken) assert.equal(readLacpdu(each), undefined);
  });

  it('of any bytes is read without a fault', () => {
    for (let seed = 1; seed < 500; seed++) {
      const noise = Uint8Array.from(frame, (byte, at) =>
        ((at * seed * 2654435761) >>> 24) % 7 ? byte : seed,
      );
      const read = readLacpdu(noise);
      if (read) assert.deepEqual(readLacpdu(writeLacpdu(source, read)), read);
    }
  });
});

describe('a marker', () => {
  const marker = changed(0, 2, 1, 1, 16);

  it('is answered as it came, from our address (6.5)', () => {
    const answer = answerToMarker(marker, source);
    assert.deepEqual(answer?.subarray(6, 12), macToBytes(source));
    assert.deepEqual(answer?.subarray(14, 18), Uint8Array.of(2, 1, 2, 16));
    assert.deepEqual(answer?.subarray(18), marker.subarray(18));
  });

  it('that is an answer itself, cut, or no marker, is not', () => {
    for (const each of [changed(0, 2, 1, 2), marker.subarray(0, 123), frame, new Uint8Array(0)])
      assert.equal(answerToMarker(each, source), undefined);
  });
});
