import { type Input, ipOffsetOf } from '../input.ts';
import { pseudoSum, sum16 } from './bytes.ts';
import { type Frame, invalid, isUnfinished, type Passage, type Stations } from './frame.ts';
import { type Layer, layersOf, layersOfInput } from './layers.ts';

/** A TCP or UDP header in a frame: where it lies, and how long all of it is. */
export interface Transport {
  readonly at: number;
  readonly length: number;
  readonly protocol: number;
}

/** Place of the checksum in a transport header; undefined for others than TCP and UDP. */
export function checksumOffset(protocol: number): number | undefined {
  if (protocol === 6) return 16;
  return protocol === 17 ? 6 : undefined;
}

/** Checks that a checksum its sender left unfinished is right by now, or that the port is asked for it rightly. */
export function checkTransport(
  { frame, ip, input, from }: Passage,
  { at, length, protocol }: Transport,
  stations: Stations,
): void {
  const { view } = frame;
  const offset = checksumOffset(protocol);
  const complete =
    offset !== undefined && at + offset + 2 <= frame.at + frame.firstSegment && length >= offset + 2;
  if (!input || !isUnfinished(input) || !complete) {
    if (frame.asked) invalid('a port is asked for a checksum that is not unfinished');
    return;
  }
  const pseudo = pseudoSum(view, ip, protocol, length);
  const isInside = isTunnelled(frame, ip);
  if (isInside || !stations.fillsChecksums(frame.port)) {
    if (frame.asked) invalid('a port is asked for a checksum inside a tunnel');
    if (sum16(view, at, length, pseudo) !== 0xffff && !isExcused(frame, input, from))
      invalid('a TCP or UDP checksum that was left to us is wrong');
    return;
  }
  if (!frame.asked) {
    if (isExcused(frame, input, from)) return;
    invalid('a port is not asked for the checksum that was left to us');
  }
  if (frame.l2Bytes !== ip - frame.at || frame.l3Bytes !== at - ip) {
    invalid(`a port is told of headers of ${frame.l2Bytes} and ${frame.l3Bytes} bytes`);
  }
  if (view.getUint16(at + offset) % 0xffff !== pseudo % 0xffff)
    invalid("the sum for the port is not the pseudo header's");
}

/** Whether a packet leaves with more than Ethernet and tags in front. */
function isTunnelled({ view, at }: Frame, ip: number): boolean {
  return layersOf(view, { kind: 'frame', at, end: ip }).some(isTunnel);
}

/** Whether a checksum may be left as it is: a copy is whole where what it was made of may have had its header in a later segment. */
function isExcused(frame: Frame, input: Input, from: number): boolean {
  return wasInside(input, from) || (!frame.input && input.firstSegment > 0);
}

/** Whether a packet came inside a tunnel: what is said of checksums is then said of the outer headers. */
function wasInside(input: Input, from: number): boolean {
  return (
    from !== ipOffsetOf(input) && layersOfInput(input).some((layer) => layer.at < from && isTunnel(layer))
  );
}

function isTunnel({ kind }: Layer): boolean {
  return kind !== 'frame' && kind !== 'tag';
}
