import { encapsulating } from '../../src/features/ip/testing/topology.ts';
import {
  FLAVOR_NEXT_CSID,
  FLAVOR_PSP,
  FLAVOR_USD,
  SID_END,
  SID_END_DT4,
  SID_END_DT6,
  SID_END_DT46,
  SID_END_T,
  SID_END_X,
} from '../../src/features/srv6/layout.ts';
import { type Encapsulation, outerHeaders } from '../../src/features/srv6/outer-headers.ts';
import { Srv6Table } from '../../src/features/srv6/srv6-table.ts';
import { parseAddress } from '../../src/net/address.ts';
import { type Ground, hexOf } from './ground.ts';

const VRF = 1;
const CUSTOMER = 2;
/** The interfaces that stand for the two VRFs. */
const vrfInterfaces: Readonly<Record<number, number>> = { [VRF]: 1, [CUSTOMER]: 3 };
const SOURCE = '2001:db8:5::ff';
const BLOCK = 32;
const CSID = 16;

/** Lists of segments by the place whose routes lead to them; the one at 141 leads into itself. */
const lists: readonly {
  readonly place: number;
  readonly encapsulation: Encapsulation;
  readonly segments: readonly string[];
  readonly hasNoSource?: true;
}[] = [
  { place: 136, encapsulation: 'h.encaps.red', segments: ['2001:db8:2::2'] },
  { place: 137, encapsulation: 'h.encaps', segments: ['2001:db8:2::2', '2001:db8:f0::1'] },
  {
    place: 138,
    encapsulation: 'h.encaps',
    segments: Array.from({ length: 16 }, (_, i) => `2001:db8:2::${i + 2}`),
  },
  { place: 139, encapsulation: 'h.encaps.red', segments: ['2001:db8:f0::1', '2001:db8:5::1'] },
  { place: 140, encapsulation: 'h.encaps', segments: ['2001:db8:2::2'], hasNoSource: true },
  { place: 141, encapsulation: 'h.encaps', segments: ['2001:db8:119::1'] },
];

/** SIDs of ours by their prefixes. */
const sids: readonly {
  readonly prefix: string;
  readonly behavior: number;
  readonly flavors?: number;
  readonly vrf?: number;
}[] = [
  { prefix: '2001:db8:5::1/128', behavior: SID_END },
  { prefix: '2001:db8:5::2/128', behavior: SID_END, flavors: FLAVOR_PSP },
  { prefix: '2001:db8:5::3/128', behavior: SID_END, flavors: FLAVOR_USD | FLAVOR_PSP },
  { prefix: '2001:db8:5::4/128', behavior: SID_END_DT4, vrf: CUSTOMER },
  { prefix: '2001:db8:5::6/128', behavior: SID_END_DT6, vrf: CUSTOMER },
  { prefix: '2001:db8:5::46/128', behavior: SID_END_DT46 },
  { prefix: '2001:db8:5::a/128', behavior: SID_END_X },
  { prefix: '2001:db8:5::d/128', behavior: SID_END_X, flavors: FLAVOR_USD },
  { prefix: '2001:db8:5::b/128', behavior: SID_END_T, flavors: FLAVOR_USD, vrf: CUSTOMER },
  { prefix: '2001:db8:5::c/128', behavior: 0 },
  { prefix: 'fcbb:bb00:1::/48', behavior: SID_END, flavors: FLAVOR_NEXT_CSID },
  { prefix: 'fcbb:bb00:3::/48', behavior: SID_END_X, flavors: FLAVOR_NEXT_CSID | FLAVOR_PSP },
];

/** Adds lists of segments, to which routes lead, and SIDs of ours of every kind. */
export function addSegments(ground: Ground): void {
  const { topology } = ground;
  const table = new Srv6Table(topology.bench);
  const { setNextHopOutput } = topology.bench.tables<Functions>(['setNextHopOutput']);
  for (const [i, { place, encapsulation, segments, hasNoSource }] of lists.entries()) {
    const headers = outerHeaders(encapsulation, parseAddress(SOURCE), segments.map(parseAddress));
    table.writeEncap(i + 1, VRF, hasNoSource ? undefined : headers);
    const nextHop = topology.nextHop({ ...encapsulating, mtu: 1400 });
    setNextHopOutput(nextHop, topology.bench.node('srv6-output'), i + 1);
    ground.route(place, nextHop);
    const routing = routingOf(encapsulation, segments);
    const remotes = segments.slice(0, 1).map(hexOf);
    ground.tunnels.push({ kind: 'segments', local: hexOf(SOURCE), remotes, routing });
  }
  const neighbor = topology.neighbor(topology.links[1]);
  topology.route('fcbb:bb00:2::/48', neighbor);
  for (const [i, { prefix, behavior, flavors = 0, vrf = VRF }] of sids.entries()) {
    const fields = { behavior, flavors, blockBits: BLOCK, csidBits: CSID };
    table.writeSid(i + 1, { ...fields, vrf, vrfInterface: vrfInterfaces[vrf] ?? 0, nextHop: neighbor });
    const nextHop = topology.nextHop({ stage4: 'ip4-reject', stage6: 'srv6-local' });
    setNextHopOutput(nextHop, topology.bench.node('srv6-local'), i + 1);
    topology.route(prefix, nextHop);
    know(ground, prefix, behavior, flavors);
  }
}

/** Tells the check of a SID. */
function know(ground: Ground, prefix: string, behavior: number, flavors: number): void {
  const [address = '', bits] = prefix.split('/');
  const isLast = behavior >= SID_END_DT4;
  ground.sids.push({
    address: BigInt(`0x${hexOf(address)}`),
    bits: Number(bits),
    goesOn: behavior > 0 && !isLast,
    takes: isLast ? taken(behavior) : flavors & FLAVOR_USD ? [4, 41] : [],
    pops: (flavors & FLAVOR_PSP) !== 0,
    ...(flavors & FLAVOR_NEXT_CSID ? { compressed: { block: BLOCK, csid: CSID } } : {}),
  });
}

function taken(behavior: number): readonly number[] {
  if (behavior === SID_END_DT46) return [4, 41];
  return behavior === SID_END_DT4 ? [4] : [41];
}

/** The routing header of a list (RFC 8754 2, RFC 8986 5.1 and 5.2) as hexadecimal digits, its first byte zero. */
function routingOf(encapsulation: Encapsulation, segments: readonly string[]): string {
  const listed = encapsulation === 'h.encaps' ? segments : segments.slice(1);
  if (listed.length === 0) return '';
  const numbers = [0, listed.length * 2, 4, segments.length - 1, listed.length - 1, 0, 0, 0];
  return Buffer.from(numbers).toString('hex') + [...listed].reverse().map(hexOf).join('');
}

interface Functions {
  setNextHopOutput(index: number, node: number, record: number): void;
}
