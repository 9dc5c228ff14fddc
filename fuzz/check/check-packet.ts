import { Finding } from '../finding.ts';
import { type Input, ipOffsetOf } from '../input.ts';
import { firstDifference } from './bytes.ts';
import { checkArp } from './check-arp.ts';
import { checkIp4 } from './check-ip4.ts';
import { checkIp6 } from './check-ip6.ts';
import { isCopy } from './copies.ts';
import { emerged } from './emerged.ts';
import { type Frame, invalid, macAt, type Stations } from './frame.ts';
import { FRAME_BYTES, layersOfInput } from './layers.ts';
import { whyNotTaken } from './taken.ts';
import { checkLabels, checkTunnel, tunnelsAt } from './tunnel.ts';

/** What is at a place of a frame that leaves, by its ethertype. */
interface Place {
  readonly type: number;
  readonly at: number;
}

/** Checks what a frame that leaves carries, and what that carries, until it is something that came. @throws Finding */
export function checkPacket(frame: Frame, place: Place, stations: Stations): void {
  if (place.type === 0x8847) checkBehindLabels(frame, place.at, stations);
  else if (place.type === 0x0800 || place.type === 0x86dd) checkIp(frame, place, stations);
  else invalid(`ethertype 0x${place.type.toString(16)}`);
}

/** An IP packet is one that came, or about one; or else it is a tunnel of ours. */
function checkIp(frame: Frame, place: Place, stations: Stations): void {
  const direct = refusal(() => checkAs(frame, place, frame.input, 0, stations));
  if (!direct) return;
  if (frame.input && wasInside(frame, place, frame.input, stations)) return;
  const tunnels = tunnelsAt(frame, place.at, stations.tunnels);
  if (tunnels.length === 0) throw direct;
  const { kind, at } = checkTunnel(frame, place.at, tunnels);
  if (kind === 'label') checkBehindLabels(frame, at, stations);
  else checkInnerFrame(frame, at, stations);
}

/** Whether the packet came in a tunnel that we take things from. @throws Finding when that is not to be taken */
function wasInside(frame: Frame, place: Place, input: Input, stations: Stations): boolean {
  const layers = layersOfInput(input);
  const kind = place.type === 0x0800 ? 'ip4' : 'ip6';
  for (const [i, layer] of layers.entries()) {
    if (layer.kind !== kind || layer.at === ipOffsetOf(input)) continue;
    const takes = (came: Input) => !refusal(() => checkAs(frame, place, came, layer.at, stations));
    if (!takes(input) && !takes(emerged(input, layers, i))) continue;
    const why = whyNotTaken(input, layers.slice(0, i), stations);
    if (why) invalid(`it was taken out of ${why}`);
    return true;
  }
  return false;
}

function checkAs(
  frame: Frame,
  { type, at }: Place,
  input: Input | undefined,
  inside: number,
  stations: Stations,
): void {
  const from = inside || (input ? ipOffsetOf(input) : 0);
  const passage = { frame, ip: at, input, from };
  if (type === 0x0800) checkIp4(passage, stations);
  else checkIp6(passage, stations);
}

/** What is behind labels is IP that goes on, a frame, or what was behind the labels that came. */
function checkBehindLabels(frame: Frame, at: number, stations: Stations): void {
  const { view } = frame;
  const payload = checkLabels(frame, at, stations.labels);
  if (isSwapped(frame, payload)) return;
  const end = frame.at + frame.length;
  const version = payload < end ? view.getUint8(payload) >> 4 : 0;
  if (version === 4 || version === 6) {
    checkIp(frame, { type: version === 4 ? 0x0800 : 0x86dd, at: payload }, stations);
    return;
  }
  const hasWord = payload + 4 <= end && view.getUint32(payload) === 0;
  checkInnerFrame(frame, hasWord ? payload + 4 : payload, stations);
}

/** Whether what is behind the labels is what was behind those that came. */
function isSwapped(frame: Frame, payload: number): boolean {
  const inputs = frame.input ? [frame.input] : [];
  const bytes = frame.at + frame.length - payload;
  return inputs.some((input) =>
    layersOfInput(input)
      .filter(({ kind }) => kind === 'label')
      .some(({ at, end }) => end - at - 4 === bytes && isSame(frame, payload, input, at + 4, bytes)),
  );
}

function isSame(frame: Frame, at: number, input: Input, from: number, bytes: number): boolean {
  return firstDifference(frame.view, at, input.bytes, from, bytes) < 0;
}

/** A frame in a tunnel is one that came, or one of our own. */
function checkInnerFrame(frame: Frame, at: number, stations: Stations): void {
  const { view } = frame;
  if (frame.at + frame.length - at < FRAME_BYTES) invalid('a tunnel round a frame that is cut');
  if (isCopy(frame, at, stations)) return;
  if (!stations.innerMacs.includes(macAt(view, at + 6)))
    invalid('a frame in a tunnel that neither came nor is ours');
  const type = view.getUint16(at + 12);
  if (type === 0x0806) checkArp(frame, { ether: at, arp: at + FRAME_BYTES });
  else checkPacket(frame, { type, at: at + FRAME_BYTES }, stations);
}

/** What a check says against something; undefined for nothing. */
function refusal(check: () => void): Finding | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Finding) return error;
    throw error;
  }
}
