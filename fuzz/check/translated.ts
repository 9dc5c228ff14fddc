import type { Input } from '../input.ts';
import { checkFrame } from './check-frame.ts';
import { DESTINATION, type Flow, flowAt, SOURCE } from './flow.ts';
import { type Frame, holds, invalid, isUnfinished, type Stations } from './frame.ts';
import { FRAME_BYTES, OWN_TAG_TYPES, TAG_BYTES } from './layers.ts';
import { type Change, type Name, type Packet, quotedFlow, rewrite } from './rewrite.ts';
import { ruleOf } from './sessions.ts';

// Addresses that stand for others behind a port, alone (RFC 3022: basic NAT) or with a port (NAPT). All other checks see
// packets as they are inside: what came is given its inside end first, and what leaves is given it again.

/** What of the router says who stands for whom. */
type Rules = Pick<Stations, 'translations' | 'shared' | 'sessions'>;

/** Checks a frame that leaves as `checkFrame` does, by the ends that its packet had inside. @throws Finding */
export function checkTranslated(frame: Frame, stations: Stations): void {
  if (!isTranslating(frame.port, stations) || !isIp4(frame.view, frame.at, frame.firstSegment)) {
    checkFrame(frame, stations);
    return;
  }
  const isRight = (change: Untold) =>
    zeros.some((zero) => isRightInside(frame, { ...change, zero }, stations));
  if (!namesOutside(frame, stations).some(isRight)) checkUntranslated(frame, stations);
}

/** Whether anybody is known by another address behind a port. */
export function isTranslating(port: number, { translations, shared }: Omit<Rules, 'sessions'>): boolean {
  return [...translations, ...shared].some((each) => each.port === port);
}

/** What a sum of zero may have been before: one's complement has two of them. */
const zeros = [0, 0xffff] as const;

type Untold = Omit<Change, 'zero'>;

/** Whether a frame is right once its packet has its inside end again. */
function isRightInside(frame: Frame, change: Change, stations: Stations): boolean {
  const copy = copyOf(frame);
  const packet = {
    view: copy.view,
    ip: FRAME_BYTES,
    bytes: frame.firstSegment - FRAME_BYTES,
    isSummed: true,
  };
  if (!rewrite(packet, change)) return false;
  if (!holds(() => checkFrame(copy, stations))) return false;
  frame.numbered.push(...copy.numbered.map((at) => at + frame.at));
  return true;
}

/** What nobody inside has sent by a name that he has outside; a program on the host may say what it likes of itself. */
function checkUntranslated(frame: Frame, stations: Stations): void {
  const source = frame.view.getUint32(frame.at + FRAME_BYTES + SOURCE);
  const isInside =
    stations.translations.some(({ port, inside }) => port === frame.port && inside === source) ||
    ruleOf(stations.shared, frame.port, source) !== undefined;
  if (isInside && frame.input?.entry !== 'tap-input')
    invalid('a station leaves by the address that it has inside');
  checkFrame(frame, stations);
}

/** What a packet that leaves may have been before: who is known by its source, or by what it quotes. */
function namesOutside(frame: Frame, stations: Stations): readonly Untold[] {
  const { view, port } = frame;
  const ip = frame.at + FRAME_BYTES;
  const flow = flowAt(view, ip, frame.firstSegment - FRAME_BYTES, SOURCE);
  if (!flow) return [];
  const named = flow.kind === 'error' ? quotedFlow(view, flow, SOURCE) : flow;
  if (!named) return [];
  const names = namesInside(port, named, stations, () => sourcesOf(frame, flow, stations));
  if (flow.kind !== 'error') return names.map((name) => ({ way: SOURCE, ...name }));
  const senders = [undefined, ...names.map(({ to }) => to.address), ...sourcesOf(frame, flow, stations)];
  return names.flatMap((name) => senders.map((sender) => ({ way: SOURCE, ...name, sender })));
}

interface Renaming {
  readonly from: Name;
  readonly to: Name;
}

/** Who may be known by a flow's local end: by its address, by a session, or, of a later fragment, whoever may have sent it. */
function namesInside(
  port: number,
  flow: Flow,
  rules: Rules,
  senders: () => readonly number[],
): readonly Renaming[] {
  const isPart = flow.kind === 'fragment';
  const name = fixedName(port, flow, rules) ?? (isPart ? undefined : sessionName(port, flow, rules));
  if (name) return [name];
  const from = { address: flow.local.address };
  return isPart ? senders().map((address) => ({ from, to: { address } })) : [];
}

function fixedName(port: number, { local }: Flow, { translations }: Rules): Renaming | undefined {
  const fixed = translations.find((each) => each.port === port && each.outside === local.address);
  return fixed && { from: { address: local.address }, to: { address: fixed.inside } };
}

function sessionName(port: number, flow: Flow, { sessions }: Rules): Renaming | undefined {
  const session = sessions.find(port, flow, 'outside');
  return session && { from: session.outside, to: session.inside };
}

/** Stations whose packets to the same destination came, and that leave by the address which a packet has. */
function sourcesOf(
  frame: Frame,
  { local, remote }: Flow,
  { shared, translations }: Rules,
): readonly number[] {
  const came = frame.input ? [frame.input] : frame.burst.inputs;
  const sources = came.flatMap(({ arrivals }) =>
    arrivals.flatMap(({ input, layer }) => {
      if (layer.kind !== 'ip4' || input.view.getUint32(layer.at + DESTINATION) !== remote.address) return [];
      return input.view.getUint32(layer.at + SOURCE);
    }),
  );
  const isKnownSo = (source: number) =>
    translations.some((each) => each.inside === source && each.outside === local.address) ||
    ruleOf(shared, frame.port, source)?.outside === local.address;
  return [...new Set(sources)].filter(isKnownSo);
}

/** A packet that came, as it is inside. */
export function translatedIn(input: Input, rules: Rules): Input {
  const taken = input.stripped ? priorityTagBytes(input, 0) : 0;
  const tag = taken + priorityTagBytes(input, taken);
  const inOnePiece = Math.min(input.firstSegment ? input.firstSegment + taken : input.length, input.length);
  if (
    input.entry !== 'wire' ||
    !isTranslating(input.port, rules) ||
    !isIp4(input.view, tag, inOnePiece - tag)
  )
    return input;
  const bytes = input.bytes.slice(0, input.length);
  const copy: Input = { ...input, bytes, view: new DataView(bytes.buffer) };
  const packet = { view: copy.view, ip: FRAME_BYTES + tag, bytes: inOnePiece - FRAME_BYTES - tag };
  const name = nameInside(input.port, packet, rules);
  const change = name && { way: DESTINATION, ...name, zero: 0 };
  return change && rewrite({ ...packet, isSummed: !isUnfinished(input) }, change) ? copy : input;
}

/** Bytes of a tag that names no VLAN (IEEE 802.1Q 6.9.1), behind another one of so many bytes. */
function priorityTagBytes({ length, view }: Input, before: number): number {
  const at = before + 12;
  const isTagged = length >= at + 2 + TAG_BYTES && OWN_TAG_TYPES.includes(view.getUint16(at));
  return isTagged && (view.getUint16(at + 2) & 0xfff) === 0 ? TAG_BYTES : 0;
}

/** Whom a packet that comes in is for, or who has sent what it quotes. */
function nameInside(port: number, packet: Readable, rules: Rules): Renaming | undefined {
  const { view, ip, bytes } = packet;
  const flow = flowAt(view, ip, bytes, DESTINATION);
  if (!flow) return undefined;
  if (flow.kind === 'error') {
    const quoted = quotedFlow(view, flow, DESTINATION);
    return quoted && (fixedName(port, quoted, rules) ?? sessionName(port, quoted, rules));
  }
  return fixedName(port, flow, rules) ?? nameBySession(port, flow, packet, rules);
}

type Readable = Pick<Packet, 'view' | 'ip' | 'bytes'>;

function nameBySession(port: number, flow: Flow, { view, ip }: Readable, rules: Rules): Renaming | undefined {
  if (flow.kind === 'fragment') return nameOfPart(datagramOf(view, ip), rules);
  if (flow.kind !== 'ports' && flow.kind !== 'addresses') return undefined;
  const session = rules.sessions.find(port, flow, 'outside');
  const isFirstPart = (view.getUint16(ip + 6) & 0x2000) !== 0;
  if (session && isFirstPart) rules.sessions.notePart(datagramOf(view, ip), session);
  return sessionName(port, flow, rules);
}

/** Later parts of a datagram follow the first one. */
function nameOfPart(datagram: string, { sessions }: Rules): Renaming | undefined {
  const session = sessions.sessionOfPart(datagram);
  return session && { from: { address: session.outside.address }, to: { address: session.inside.address } };
}

/** What all parts of a datagram have in common (RFC 791 3.2). */
function datagramOf(view: DataView, ip: number): string {
  return [12, 16]
    .map((at) => view.getUint32(ip + at))
    .concat(view.getUint16(ip + 4), view.getUint8(ip + 9))
    .join(' ');
}

function isIp4(view: DataView, at: number, length: number): boolean {
  return length >= FRAME_BYTES + 20 && view.getUint16(at + 12) === 0x0800;
}

/** The frame in bytes of its own. */
function copyOf(frame: Frame): Frame {
  const bytes = new Uint8Array(frame.view.buffer, frame.view.byteOffset + frame.at, frame.length).slice();
  return { ...frame, view: new DataView(bytes.buffer), at: 0, numbered: [] };
}
