import { parseAddress } from '../../net/address.ts';
import { contains, parsePrefix } from '../../net/prefix.ts';
import type { PlannedPort, Tunnel, Way } from '../plan/index.ts';
import { innerMac } from './inner-mac.ts';
import { numbered } from './numbered.ts';
import type { Piece } from './piece.ts';
import type { RouterPlan } from './router-plan.ts';

/** The next hops that the routes of a plan need. */
export interface NextHopPieces {
  /** Tunnels before what leads through them. */
  readonly pieces: readonly Piece[];
  /** The id of the one that leads a way from a VRF; undefined where no port of ours leads to the gateway. */
  idOf(vrf: string, way: Way): number | undefined;
}

/** A next hop that is to be made: its text says what it leads to, and follows from nothing else. */
interface Wanted {
  readonly text: string;
  /** The lines that make it, given its id and those of others. */
  readonly lines: (id: number, idOf: (text: string) => number) => readonly string[];
}

/** Works out the next hops of all routes of a plan. */
export function nextHopsOf({ vrfs, ports }: Pick<RouterPlan, 'vrfs' | 'ports'>): NextHopPieces {
  const ways = vrfs.flatMap(({ name, routes }) => routes.map(({ way }) => wantedFor(name, way, ports)));
  const wanted = new Map(ways.flatMap((some) => some.map((each) => [each.text, each] as const)));
  const ids = numbered([...wanted.keys()]);
  const idOf = (text: string) => ids.get(text) ?? 0;
  const pieces = [...wanted.values()].map(({ text, lines }) => ({
    key: `nexthop ${idOf(text)}`,
    add: lines(idOf(text), idOf),
  }));
  return {
    pieces: [...pieces].sort((a, b) => Number(isThrough(a)) - Number(isThrough(b))),
    idOf: (vrf, way) => ids.get(wantedFor(vrf, way, ports).at(-1)?.text ?? ''),
  };
}

/** What pushes a label goes by another next hop, which must be there. */
function isThrough({ add }: Piece): boolean {
  return add.some((line) => line.startsWith('nexthop add mpls '));
}

/** The next hops that a way takes, the last of them the one for its routes. */
function wantedFor(vrf: string, way: Way, ports: readonly PlannedPort[]): readonly Wanted[] {
  switch (way.kind) {
    case 'unreachable':
      return [{ text: `reject ${vrf}`, lines: (id) => [`nexthop add reject id ${id} vrf ${vrf}`] }];
    case 'vrf':
      return [{ text: `vrf ${way.vrf}`, lines: (id) => [`nexthop add vrf ${way.vrf} id ${id}`] }];
    case 'gateway':
      return gatewayHop(vrf, way.address, ports);
    case 'tunnel':
      return way.encapsulation === 'vxlan' ? [vxlanHop(way)] : labelHops(way);
  }
}

function gatewayHop(vrf: string, address: string, ports: readonly PlannedPort[]): readonly Wanted[] {
  const isBehind = (port: PlannedPort) =>
    port.vrf === vrf && port.addresses.some((prefix) => contains(parsePrefix(prefix), parseAddress(address)));
  const port = ports.find(isBehind)?.name;
  if (port === undefined) return [];
  const lines = (id: number) => [`nexthop add l3 iface ${port} id ${id} address ${address}`];
  return [{ text: `gateway ${port} ${address}`, lines }];
}

function labelHops({ encapsulation, farEnd, number }: Tunnel): readonly Wanted[] {
  const tunnel = `${encapsulation} ${farEnd}`;
  return [
    { text: tunnel, lines: (id) => [`nexthop add ${encapsulation} remote ${farEnd} id ${id}`] },
    {
      text: `${tunnel} ${number}`,
      lines: (id, idOf) => [`nexthop add mpls label ${number} via ${idOf(tunnel)} id ${id}`],
    },
  ];
}

function vxlanHop({ farEnd, number }: Tunnel): Wanted {
  const [iface, mac] = [`vx${number}`, innerMac(farEnd)];
  const lines = (id: number) => [
    `fdb add ${mac} iface ${iface} vtep ${farEnd}`,
    `nexthop add l3 iface ${iface} id ${id} address ${farEnd} mac ${mac} remote`,
  ];
  return { text: `vxlan ${farEnd} ${number}`, lines };
}
