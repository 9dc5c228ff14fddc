import { pseudoSum, sum16 } from './bytes.ts';
import { type Frame, invalid, isUnfinished, type Stations } from './frame.ts';

/** A TCP or UDP header in a frame: where the IP header lies, the transport header, and how long all of it is. */
export interface Transport {
  readonly ip: number;
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
  frame: Frame,
  { ip, at, length, protocol }: Transport,
  stations: Stations,
): void {
  const { view, input } = frame;
  const offset = checksumOffset(protocol);
  const complete =
    offset !== undefined && at + offset + 2 <= frame.at + frame.firstSegment && length >= offset + 2;
  if (!input || !isUnfinished(input) || !complete) {
    if (frame.asked) invalid('a port is asked for a checksum that is not unfinished');
    return;
  }
  const pseudo = pseudoSum(view, ip, protocol, length);
  if (!stations.fillsChecksums(frame.port)) {
    if (sum16(view, at, length, pseudo) !== 0xffff)
      invalid('a TCP or UDP checksum that was left to us is wrong');
    return;
  }
  if (!frame.asked) invalid('a port is not asked for the checksum that was left to us');
  if (frame.l2Bytes !== ip - frame.at || frame.l3Bytes !== at - ip) {
    invalid(`a port is told of headers of ${frame.l2Bytes} and ${frame.l3Bytes} bytes`);
  }
  if (view.getUint16(at + offset) % 0xffff !== pseudo % 0xffff)
    invalid("the sum for the port is not the pseudo header's");
}
