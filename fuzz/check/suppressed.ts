import { firstDifference } from './bytes.ts';
import { checkAnswered } from './check-arp.ts';
import { checkAdvertisement } from './check-ip6.ts';
import { type Frame, holds, macAt, type Stations } from './frame.ts';
import { FRAME_BYTES, TAG_BYTES, TAG_TYPES } from './layers.ts';
import { hexAt } from './tunnel.ts';

// What a bridge answers in the name of its stations: ARP (RFC 826) and neighbor discovery (RFC 4861 7.2.4).

const ADVERTISEMENT_BYTES = 72;
const SOLICITATION = 135;

/** Whether the frame at a place of one that leaves answers a question that came, from a station that the bridge knows. */
export function isAnswerFor(frame: Frame, at: number, { neighbors }: Pick<Stations, 'neighbors'>): boolean {
  const { view, length } = frame;
  const bytes = frame.at + length - at;
  let payload = at + FRAME_BYTES;
  while (payload + TAG_BYTES < at + bytes && TAG_TYPES.includes(view.getUint16(payload - 2)))
    payload += TAG_BYTES;
  const station = macAt(view, at + 6);
  const type = view.getUint16(payload - 2);
  if (type === 0x0806 && payload + 28 <= at + bytes) {
    if (neighbors.get(hexAt(view, payload + 14, 4)) !== station) return false;
    return holds(() => checkAnswered(frame, { ether: at, arp: payload }, () => undefined));
  }
  if (type !== 0x86dd || payload + ADVERTISEMENT_BYTES !== at + bytes) return false;
  if (neighbors.get(hexAt(view, payload + 48, 16)) !== station) return false;
  return isAsked(frame, payload) && holds(() => checkAdvertisement({ frame, ip: payload }));
}

/** Whether what came asks for the address that an advertisement is about, and is its asker's. */
function isAsked({ view, input }: Frame, ip: number): boolean {
  if (!input) return false;
  return input.readings.flat().some(({ kind, at, end }) => {
    if (kind !== 'ip6' || at + 64 > end || input.bytes[at + 40] !== SOLICITATION) return false;
    const isTarget = firstDifference(view, ip + 48, input.bytes, at + 48, 16) < 0;
    return isTarget && firstDifference(view, ip + 24, input.bytes, at + 8, 16) < 0;
  });
}
