import type { Input } from '../input.ts';
import { pseudoSum, sum16 } from './bytes.ts';
import type { Came } from './came.ts';
import { isSent, isUnfinished, type Stations, type Tunnel } from './frame.ts';
import type { Layer } from './layers.ts';
import { hasSegmentsLeft, sidOf, takesOut } from './segments.ts';
import { hexAt } from './tunnel.ts';

// Which tunnels the router may take something out of: only those whose headers are right.

/** What is wrong with the headers in front of something that was taken out of them; undefined for nothing. */
export function whyNotTaken(
  input: Came,
  layers: readonly Layer[],
  stations: Pick<Stations, 'tunnels' | 'labelsTaken' | 'sids'>,
): string | undefined {
  const { origin } = input;
  if (!origin) return whyNone(input, layers, stations);
  const isInFront = ({ at }: Layer) => at < origin.at;
  const before = layers.filter(isInFront).map((layer) => asItWas(origin.input, layer));
  const own = layers.filter((layer) => !isInFront(layer));
  return whyNotTaken(origin.input, before, stations) ?? whyNone(input, own, stations);
}

/** A header in front of one that a SID has changed, with the end that it had before. */
function asItWas(input: Came, layer: Layer): Layer {
  const layers = input.readings.flat();
  return layers.find(({ kind, at }) => kind === layer.kind && at === layer.at) ?? layer;
}

function whyNone(
  input: Input,
  layers: readonly Layer[],
  stations: Pick<Stations, 'tunnels' | 'labelsTaken' | 'sids'>,
): string | undefined {
  for (const [i, layer] of layers.entries()) {
    const why = reasons[layer.kind]?.(input, layer, layers[i - 1]);
    if (why) return why;
    if (layer.kind === 'vxlan' && !isKnownVni(input, layers, i, stations.tunnels))
      return 'VXLAN that nobody has here';
    if (isRound(layer, layers[i + 1]) && !isEnd(input, layer, stations))
      return 'IP in IP between ends that no tunnel has here, or to a SID that does not take it';
    if (layer.kind === 'label' && !stations.labelsTaken.has(input.view.getUint32(layer.at) >>> 12))
      return 'a label that nobody has here';
  }
  return undefined;
}

/** Whether an IP header has another right behind it; the last header has what was taken out. */
function isRound({ kind }: Layer, inner: Layer | undefined): boolean {
  return isIp(kind) && (inner === undefined || isIp(inner.kind));
}

function isIp(kind: Layer['kind']): boolean {
  return kind === 'ip4' || kind === 'ip6';
}

/** Whether IP in IP is for a tunnel of ours, or for a SID. */
function isEnd(input: Input, layer: Layer, { tunnels, sids }: Pick<Stations, 'tunnels' | 'sids'>): boolean {
  const sid = layer.kind === 'ip6' ? sidOf(input.view, layer.at, sids) : undefined;
  return sid ? takesOut(input.view, layer.at, layer.end, sid) : isKnownPair(input, layer, tunnels);
}

function isKnownPair({ view }: Input, { kind, at }: Layer, tunnels: readonly Tunnel[]): boolean {
  const bytes = kind === 'ip4' ? 4 : 16;
  const source = hexAt(view, at + (kind === 'ip4' ? 12 : 8), bytes);
  const destination = hexAt(view, at + (kind === 'ip4' ? 16 : 24), bytes);
  const ends = tunnels.filter((tunnel) => tunnel.kind === 'ip-in-ip');
  return ends.some(({ local, remotes }) => local === destination && remotes.includes(source));
}

/** Whether one of the tunnels ends where an outer packet went, and has the VNI and the port. */
function isKnownVni(
  { view }: Input,
  layers: readonly Layer[],
  i: number,
  tunnels: readonly Tunnel[],
): boolean {
  const [at, udp, ip] = [layers[i]?.at ?? 0, layers[i - 1], layers[i - 2]];
  if (udp?.kind !== 'udp' || !ip) return false;
  const local = ip.kind === 'ip4' ? hexAt(view, ip.at + 16, 4) : hexAt(view, ip.at + 24, 16);
  const [vni, port] = [view.getUint32(at + 4) >>> 8, view.getUint16(udp.at + 2)];
  return tunnels.some((tunnel) => tunnel.vni === vni && tunnel.local === local && tunnel.port === port);
}

type Reason = (input: Input, layer: Layer, before: Layer | undefined) => string | undefined;

const reasons: { readonly [kind in Layer['kind']]?: Reason } = {
  ip4: (input, { at, end }) => {
    const { view } = input;
    const total = view.getUint16(at + 2);
    if (at + total > end) return `IPv4 of ${total} bytes in ${end - at}`;
    const holds = isSent(input, at) || sum16(view, at, (view.getUint8(at) & 15) * 4) === 0xffff;
    if (!holds) return 'IPv4 with a wrong checksum';
    return undefined;
  },
  ip6: ({ view }, { at, end }) => {
    const payload = view.getUint16(at + 4);
    if (at + 40 + payload > end) return `IPv6 with a payload of ${payload} bytes in ${end - at}`;
    return hasSegmentsLeft(view, at, end) ? 'IPv6 with segments left' : undefined;
  },
  udp: whyNotUdp,
  vxlan: ({ view }, { at }) =>
    view.getUint8(at) & 8 ? undefined : 'VXLAN without the bit that says it has a VNI',
  gre: ({ view }, { at, end }) => {
    const bits = view.getUint16(at);
    if (bits & 7) return `GRE of version ${bits & 7}`;
    if (bits & 0x4f00) return 'GRE with fields that nobody may send';
    const isWrong = bits & 0x8000 && sum16(view, at, end - at) !== 0xffff;
    return isWrong ? 'GRE with a wrong checksum' : undefined;
  },
};

function whyNotUdp(input: Input, { at, end }: Layer, before: Layer | undefined): string | undefined {
  const { view } = input;
  const bytes = view.getUint16(at + 4);
  if (bytes < 8 || at + bytes > end) return `UDP of ${bytes} bytes in ${end - at}`;
  if (view.getUint16(at + 6) === 0 || isUnfinished(input) || !before) return undefined;
  const holds = sum16(view, at, bytes, pseudoSum(view, before.at, 17, bytes)) === 0xffff;
  return holds ? undefined : 'UDP with a wrong checksum';
}
