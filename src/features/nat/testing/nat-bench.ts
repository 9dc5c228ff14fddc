import { MAX_WORKERS, WORKER_AREA_BYTES, WORKER_AREAS, WORKER_EPOCH } from '../../../engine/layout.ts';
import type { Outcome } from '../../../engine/testing/bench.ts';
import { parseIpv4 } from '../../../net/address.ts';
import {
  type Ipv4Fields,
  icmpMessage,
  ipv4Packet,
  tcpSegment,
  udpDatagram,
} from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { parsePrefix } from '../../../net/prefix.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import { type Link, type ReceiveOptions, Topology } from '../../ip/testing/topology.ts';
import { NEXT_HOP_LOCAL } from '../../neighbor/layout.ts';
import { NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from '../layout.ts';
import { RuleTable } from '../rule-table.ts';
import { type Session, Sessions } from '../sessions.ts';
import { type RuleFunctions, ruleFunctionNames } from '../table-functions.ts';

/** A packet's ends, and what it carries. */
export interface Spec extends Partial<Ipv4Fields> {
  readonly source: string;
  readonly destination: string;
  readonly kind: 'tcp' | 'udp' | 'query' | 'answer';
  readonly sport: number;
  readonly dport: number;
  /** TCP flags. */
  readonly flags?: number;
}

/** Stages by their places. */
type Steps = Readonly<Record<number, string>>;

/** What the control thread sees of workers that there are not. */
const NEVER = 0xffffffff;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

/**
 * NAT on interface 2 of the topology, where the outside is:
 *
 *   inside 10.0.1.2 ── 1 │ router │ 2 ── 10.0.2.1 ══ outside 10.0.2.2        inside 10.0.3.2 ── 3 │
 */
export class NatBench {
  readonly topology: Topology;
  readonly inside: Link;
  readonly outside: Link;
  readonly other: Link;
  readonly rules: RuleTable;
  readonly sessions: Sessions;
  nowMs = 1000;

  private constructor(topology: Topology) {
    this.topology = topology;
    [this.inside, this.outside, this.other] = topology.links;
    const { bench } = topology;
    const take = bench.tables;
    this.rules = new RuleTable(take<RuleFunctions>(ruleFunctionNames));
    const memory = new Uint8Array(bench.memory.buffer);
    const router = { tables: take, memory, region: (name: string) => bench.region(name) };
    this.sessions = new Sessions(router, () => this.nowMs);
    this.useSteps();
    for (let worker = 1; worker < MAX_WORKERS; worker++)
      bench.view.setUint32(WORKER_AREAS + worker * WORKER_AREA_BYTES + WORKER_EPOCH, NEVER, true);
  }

  static async open(): Promise<NatBench> {
    return new NatBench(await Topology.open());
  }

  /** Lets all of 10.0.1.0/24 and 10.0.3.0/24 leave as an address: the router's own on that link. */
  translateSources(replace = this.outside.address4): void {
    const rule = (subnet: string) => ({
      iface: this.outside.id,
      subnet: parsePrefix(subnet),
      replace: parseIpv4(replace),
    });
    this.rules.writeSnat('test', this.outside.id, [rule('10.0.1.0/24'), rule('10.0.3.0/24')]);
    this.rules.setFlags(this.outside.id, { dnat: false, snat: true });
  }

  /** Lets an address stand for a station inside. */
  translateDestination(destination: string, replace: string, snat = false): void {
    const rule = { iface: this.outside.id, destination: parseIpv4(destination), replace: parseIpv4(replace) };
    this.rules.addDnat('test', rule);
    this.rules.setFlags(this.outside.id, { dnat: true, snat });
  }

  /** Leaves the outside only the addresses that stand for stations. */
  translateDestinationsOnly(): void {
    this.rules.setFlags(this.outside.id, { dnat: true, snat: false });
  }

  /** Lets what is routed to an address outside turn back; the router may have it itself. */
  turnBack(address: string, { own }: { readonly own: boolean }): void {
    const stages = { stage4: 'nat-hairpin', stage6: 'ip6-reject', link: this.outside };
    const flags = own ? NEXT_HOP_LOCAL : 0;
    this.topology.route(`${address}/32`, this.topology.nextHop({ ...stages, flags }));
  }

  /** Receives a packet on a link, on the fast way and stage by stage. */
  receive(link: Link, packet: Spec | Uint8Array, options: ReceiveOptions = {}): Outcome {
    return this.topology.receive(link, packet instanceof Uint8Array ? packet : packetOf(packet), options);
  }

  /** Receives a packet on a link, on the fast way alone. */
  receiveOnce(link: Link, packet: Spec): Outcome {
    return this.topology.receiveOnce(link, packetOf(packet));
  }

  /** Lets milliseconds pass, and has old sessions given up. */
  pass(milliseconds: number): void {
    for (let left = milliseconds; left > 0; left -= 500) {
      this.nowMs += Math.min(500, left);
      this.sessions.tick();
    }
  }

  get all(): readonly Session[] {
    return [...this.sessions.pages()].flat();
  }

  /** Lets NAT see what the outside interface receives and sends, and others beside it, by their places. */
  useSteps({ input = {}, output = {} }: { readonly input?: Steps; readonly output?: Steps } = {}): void {
    const { bench, interfaces } = this.topology;
    const nodes = (steps: Steps) =>
      new Map(Object.entries(steps).map(([place, stage]) => [Number(place), bench.node(stage)]));
    interfaces.write(this.outside.id, {
      flags: INTERFACE_UP,
      vrf: 1,
      mtu: 1500,
      mac: parseMac(this.outside.mac),
      port: this.outside.port,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('port-tx'),
      inputSteps: nodes({ ...input, [NAT_INPUT_PLACE]: 'nat-input' }),
      outputSteps: nodes({ ...output, [NAT_OUTPUT_PLACE]: 'nat-output' }),
      domain: 0,
    });
  }
}

/** The packet that a description means, with all its checksums right. */
export function packetOf(spec: Spec): Uint8Array {
  const protocol = spec.kind === 'tcp' ? 6 : spec.kind === 'udp' ? 17 : 1;
  return ipv4Packet({ ...spec, protocol }, transportOf(spec));
}

/** A packet as the router forwards it: one hop older. */
export function forwarded(spec: Spec): Uint8Array {
  return packetOf({ ...spec, ttl: (spec.ttl ?? 64) - 1 });
}

/** The transport header and 40 bytes. */
export function transportOf(spec: Spec): Uint8Array {
  const payload = Uint8Array.from({ length: 40 }, (_, i) => i * 3);
  const ports = { source: spec.sport, destination: spec.dport };
  if (spec.kind === 'udp') return udpDatagram(ports, payload, spec);
  if (spec.kind === 'tcp') return withFlags(tcpSegment(ports, payload, spec), spec.flags ?? ACK);
  const id = spec.kind === 'query' ? spec.sport : spec.dport;
  return icmpMessage({ type: spec.kind === 'query' ? 8 : 0, rest: id * 65536 + 1 }, payload);
}

/** Changes the flags of a segment, and its checksum with them. */
function withFlags(segment: Uint8Array, flags: number): Uint8Array {
  const view = new DataView(segment.buffer, segment.byteOffset);
  const sum = (~view.getUint16(16) & 0xffff) + (~view.getUint16(12) & 0xffff);
  view.setUint8(13, flags);
  const folded = sum + view.getUint16(12);
  view.setUint16(16, ~((folded & 0xffff) + (folded >>> 16)) & 0xffff);
  return segment;
}

/** The other direction. */
export function answerTo(spec: Spec, changes: Partial<Spec> = {}): Spec {
  const { source, destination, sport, dport } = spec;
  const kind = spec.kind === 'query' ? 'answer' : spec.kind;
  const ends = { source: destination, destination: source, sport: dport, dport: sport };
  return { ...spec, ...ends, kind, ...changes };
}
