import { type Input, ipOffsetOf } from '../input.ts';
import { beforeSids } from './before-sids.ts';
import { firstDifference } from './bytes.ts';
import type { Arrival, Came } from './came.ts';
import { checkArp } from './check-arp.ts';
import { checkIp4 } from './check-ip4.ts';
import { checkIp6 } from './check-ip6.ts';
import { isCopy, isSameBut } from './copies.ts';
import { emerged } from './emerged.ts';
import { type Frame, holds, invalid, macAt, type Stations } from './frame.ts';
import { FRAME_BYTES, LABEL_BYTES, type Layer } from './layers.ts';
import { isNews, mayBeMade, type Place, resembles } from './resembles.ts';
import { isAnswerFor } from './suppressed.ts';
import { whyNotTaken } from './taken.ts';
import { checkLabels, checkPushed, checkTunnel, type Labels, tunnelsAt } from './tunnel.ts';

/** More labels are put on at once by nothing in fuzz/world.ts. */
const MOST_PUSHED = 8;

/** Checks what a frame that leaves carries, and what that carries, until it is something that came. @throws Finding */
export function checkPacket(frame: Frame, place: Place, stations: Stations): void {
  if (place.type === 0x8847) checkBehindLabels(frame, place.at, stations);
  else if (place.type === 0x0800 || place.type === 0x86dd) checkIp(frame, place, stations);
  else invalid(`ethertype 0x${place.type.toString(16)}`);
}

/** An IP packet is one that came, or about one; or else it is a tunnel of ours. */
function checkIp(frame: Frame, place: Place, stations: Stations): void {
  const { input } = frame;
  if (input ? isCopyOf(frame, place, input, stations) : isMade(frame, place, stations)) return;
  if (!input && wasMade(frame, place, stations)) return;
  const before = beforeSids(frame, place, stations.sids);
  if (before.some((made) => holds(() => checkIp(made.frame, made.place, stations)))) return;
  const tunnels = tunnelsAt(frame, place.at, stations.tunnels);
  if (tunnels.length === 0) {
    checkAs(frame, place, input, 0, stations);
    return;
  }
  const { kind, at } = checkTunnel(frame, place.at, tunnels);
  if (kind === 'label') checkBehindLabels(frame, at, stations);
  else if (kind === 'ip4' || kind === 'ip6')
    checkInnerIp(frame, { type: kind === 'ip4' ? 0x0800 : 0x86dd, at }, stations);
  else checkInnerFrame(frame, at, stations);
}

/** What a program of the host gives to a tunnel's TAP goes in as it is. */
function checkInnerIp(frame: Frame, place: Place, stations: Stations): void {
  const { view, input } = frame;
  const isOfHost = input?.entry === 'tap-input';
  const bytes = frame.at + frame.length - place.at;
  if (
    isOfHost &&
    bytes === input.length - FRAME_BYTES &&
    isSameBut(view, place.at, input, FRAME_BYTES, bytes)
  )
    return;
  checkIp(frame, place, stations);
}

/** Whether the packet is one that the router made. */
function isMade(frame: Frame, place: Place, stations: Stations): boolean {
  return mayBeMade(frame, place) && holds(() => checkAs(frame, place, undefined, 0, stations));
}

/** Whether what leaves in a fresh buffer is a copy of what has become of any input. */
function wasMade(frame: Frame, place: Place, stations: Stations): boolean {
  const { burst } = frame;
  if (isNews(frame, place)) return burst.inputs.some((input) => isCopyOf(frame, place, input, stations));
  const kind = place.type === 0x0800 ? 'ip4' : 'ip6';
  return burst.like(kind, frame.view, place.at).some((arrival) => isArrival(frame, place, arrival, stations));
}

/** Whether what leaves is what has become of an input, or of what was in it. */
function isCopyOf(frame: Frame, place: Place, input: Came, stations: Stations): boolean {
  const isSame =
    resembles(frame, place, input, ipOffsetOf(input)) &&
    holds(() => checkAs(frame, place, input, 0, stations));
  return isSame || input.arrivals.some((arrival) => isArrival(frame, place, arrival, stations));
}

/** Whether the packet is one that came, alone or in a tunnel that we may take things out of. */
function isArrival(frame: Frame, place: Place, arrival: Arrival, stations: Stations): boolean {
  const { input, layers, first, layer } = arrival;
  if (layer.kind !== (place.type === 0x0800 ? 'ip4' : 'ip6')) return false;
  if (!resembles(frame, place, input, layer.at)) return false;
  const takes = (each: Input) => holds(() => checkAs(frame, place, each, layer.at, stations));
  if (layer.at === ipOffsetOf(input)) return takes(input);
  return emerged(input, layers, first).some(takes) && !whyNotTaken(input, layers.slice(0, first), stations);
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

/** Behind labels of ours is IP that goes on, a frame, or what was behind a label that came. */
function checkBehindLabels(frame: Frame, at: number, stations: Stations): void {
  const { view } = frame;
  const came = (frame.input ? [frame.input] : frame.burst.inputs).flatMap(({ forms }) => forms);
  if (came.some((input) => isSwapped(frame, at, input, stations))) return;
  const payload = checkLabels(frame, at, labelsFor(frame, stations));
  const end = frame.at + frame.length;
  const version = payload < end ? view.getUint8(payload) >> 4 : 0;
  // A frame may begin with any address, also one that looks like IP.
  if (isInnerFrame(frame, payload, stations)) return;
  if (version === 4 || version === 6) {
    checkIp(frame, { type: version === 4 ? 0x0800 : 0x86dd, at: payload }, stations);
    return;
  }
  const hasWord = payload + 4 <= end && view.getUint32(payload) === 0;
  checkInnerFrame(frame, hasWord ? payload + 4 : payload, stations);
}

/** Labels that may be in front of what leaves: an error goes by those that the packet came with, which it is about. */
function labelsFor({ input, burst }: Frame, { labels }: Stations): Labels {
  if (input) return labels;
  return { has: (label) => labels.has(label) || burst.inputs.some((each) => hasLabel(each, label)) };
}

function hasLabel({ layers, view }: Came, label: number): boolean {
  return layers.some(({ kind, at }) => kind === 'label' && view.getUint32(at) >>> 12 === label);
}

/** Whether a label that came was taken off, others perhaps put in its place, and all behind it left as it was. */
function isSwapped(frame: Frame, at: number, input: Came, stations: Stations): boolean {
  const { layers } = input;
  return layers.some((layer, i) => {
    if (layer.kind !== 'label') return false;
    const rest = layer.end - layer.at - LABEL_BYTES;
    const pushed = frame.at + frame.length - at - rest;
    if (pushed < 0 || pushed % LABEL_BYTES !== 0 || pushed > MOST_PUSHED * LABEL_BYTES) return false;
    if (whyNotTaken(input, layers.slice(0, i + 1), stations)) return false;
    return (
      isSameRest(frame, at + pushed, input, layer) &&
      holds(() =>
        checkPushed(frame, { first: at, end: at + pushed }, isLastLabel(input, layer), stations.labels),
      )
    );
  });
}

/** Whether the bytes behind a label are the same, but for the time to live of the next one and a checksum that was left to us. */
function isSameRest(frame: Frame, at: number, input: Input, { at: label, end }: Layer): boolean {
  const { view } = frame;
  const from = label + LABEL_BYTES;
  if (isSameBut(view, at, input, from, end - from)) return true;
  if (isLastLabel(input, { at: label }) || end - from < LABEL_BYTES) return false;
  const isLower = view.getUint8(at + 3) < (input.bytes[from + 3] ?? 0);
  const next = from + LABEL_BYTES;
  const isSame = firstDifference(view, at, input.bytes, from, LABEL_BYTES - 1) < 0;
  return isLower && isSame && isSameBut(view, at + LABEL_BYTES, input, next, end - next);
}

function isLastLabel({ view }: Input, { at }: { readonly at: number }): boolean {
  return (view.getUint8(at + 2) & 1) === 1;
}

/** Whether what is in a tunnel is a frame that came, or one of our own. */
function isInnerFrame(frame: Frame, at: number, stations: Stations): boolean {
  if (frame.at + frame.length - at < FRAME_BYTES) return false;
  if (isCopy(frame, at, stations) || isAnswerFor(frame, at, stations)) return true;
  if (!stations.innerMacs.includes(macAt(frame.view, at + 6))) return false;
  return holds(() => checkOwnFrame(frame, at, stations));
}

/** A frame in a tunnel is one that came, or one of our own. */
function checkInnerFrame(frame: Frame, at: number, stations: Stations): void {
  if (frame.at + frame.length - at < FRAME_BYTES) invalid('a tunnel round a frame that is cut');
  if (isCopy(frame, at, stations) || isAnswerFor(frame, at, stations)) return;
  if (!stations.innerMacs.includes(macAt(frame.view, at + 6)))
    invalid('a frame in a tunnel that neither came nor is ours');
  checkOwnFrame(frame, at, stations);
}

function checkOwnFrame(frame: Frame, at: number, stations: Stations): void {
  const type = frame.view.getUint16(at + 12);
  if (type === 0x0806) checkArp(frame, { ether: at, arp: at + FRAME_BYTES });
  else checkPacket(frame, { type, at: at + FRAME_BYTES }, stations);
}
