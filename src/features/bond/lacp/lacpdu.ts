import { type Mac, macFromBytes, macToBytes } from '../../../net/mac.ts';

/** One end of a link, as LACP describes it (IEEE 802.1AX-2014 6.4.2.3). */
export interface LacpEnd {
  readonly systemPriority: number;
  readonly system: Mac;
  /** Links of a system with the same key may act as one. */
  readonly key: number;
  readonly portPriority: number;
  readonly port: number;
  /** LacpState bits. */
  readonly state: number;
}

/** What a frame of LACP says: of its sender, and of what that believes of its receiver. */
export interface Lacpdu {
  readonly actor: LacpEnd;
  readonly partner: LacpEnd;
}

/** Bits of an end's state (6.4.2.3 m). */
export const LacpState = {
  ACTIVITY: 1,
  /** It wants to hear from the other end each second, not each half minute. */
  SHORT_TIMEOUT: 2,
  AGGREGATION: 4,
  SYNCHRONIZATION: 8,
  COLLECTING: 16,
  DISTRIBUTING: 32,
  /** It believes what was configured of the other end, not what that says. */
  DEFAULTED: 64,
  EXPIRED: 128,
} as const;

const GROUP = Uint8Array.of(0x01, 0x80, 0xc2, 0x00, 0x00, 0x02);
const TYPE_SLOW = 0x8809;
const HEADER_BYTES = 14;
const PDU_BYTES = 110;
const [SUBTYPE_LACP, SUBTYPE_MARKER] = [1, 2];
const [ACTOR, PARTNER, COLLECTOR] = [1, 2, 3];
const END_BYTES = 20;
const COLLECTOR_BYTES = 16;
const [MARKER, MARKER_RESPONSE] = [1, 2];

/**
 * Writes a frame of LACP:
 *
 *   14 ┌ subtype 1, version 1 │ actor: 1, 20, end (18) │ partner: 2, 20, end (18) │ collector: 3, 16, … │ zeros … ┐ 124
 */
export function writeLacpdu(source: Mac, { actor, partner }: Lacpdu): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + PDU_BYTES);
  const view = new DataView(frame.buffer);
  frame.set(GROUP);
  frame.set(macToBytes(source), 6);
  view.setUint16(12, TYPE_SLOW);
  frame.set([SUBTYPE_LACP, 1], HEADER_BYTES);
  writeEnd(view, ACTOR_AT, { type: ACTOR, end: actor });
  writeEnd(view, PARTNER_AT, { type: PARTNER, end: partner });
  frame.set([COLLECTOR, COLLECTOR_BYTES], PARTNER_AT + END_BYTES);
  return frame;
}

/** Reads a frame of LACP; undefined where it is none that version 1 can read. */
export function readLacpdu(frame: Uint8Array): Lacpdu | undefined {
  if (frame.length < HEADER_BYTES + PDU_BYTES || frame[HEADER_BYTES] !== SUBTYPE_LACP) return undefined;
  if (frame[HEADER_BYTES + 1] === 0) return undefined;
  const isActor = frame[ACTOR_AT] === ACTOR && frame[ACTOR_AT + 1] === END_BYTES;
  const isPartner = frame[PARTNER_AT] === PARTNER && frame[PARTNER_AT + 1] === END_BYTES;
  if (!isActor || !isPartner) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset);
  return { actor: readEnd(view, ACTOR_AT), partner: readEnd(view, PARTNER_AT) };
}

/** The answer to a marker (6.5), by which the other end learns what has arrived; undefined for other frames. */
export function answerToMarker(frame: Uint8Array, source: Mac): Uint8Array | undefined {
  if (frame.length < HEADER_BYTES + PDU_BYTES || frame[HEADER_BYTES] !== SUBTYPE_MARKER) return undefined;
  if (frame[HEADER_BYTES + 2] !== MARKER) return undefined;
  const answer = frame.slice(0, HEADER_BYTES + PDU_BYTES);
  answer.set(macToBytes(source), 6);
  answer[HEADER_BYTES + 2] = MARKER_RESPONSE;
  return answer;
}

const ACTOR_AT = HEADER_BYTES + 2;
const PARTNER_AT = ACTOR_AT + END_BYTES;

/** `type, 20, priority (2), system (6), key (2), port priority (2), port (2), state, zeros (3)` */
function writeEnd(
  view: DataView,
  at: number,
  { type, end }: { readonly type: number; readonly end: LacpEnd },
): void {
  view.setUint8(at, type);
  view.setUint8(at + 1, END_BYTES);
  view.setUint16(at + 2, end.systemPriority);
  new Uint8Array(view.buffer, view.byteOffset + at + 4, 6).set(macToBytes(end.system));
  view.setUint16(at + 10, end.key);
  view.setUint16(at + 12, end.portPriority);
  view.setUint16(at + 14, end.port);
  view.setUint8(at + 16, end.state);
}

function readEnd(view: DataView, at: number): LacpEnd {
  return {
    systemPriority: view.getUint16(at + 2),
    system: macFromBytes(new Uint8Array(view.buffer, view.byteOffset + at + 4, 6)),
    key: view.getUint16(at + 10),
    portPriority: view.getUint16(at + 12),
    port: view.getUint16(at + 14),
    state: view.getUint8(at + 16),
  };
}
