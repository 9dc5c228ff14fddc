import type { Outcome } from '../../../engine/testing/bench.ts';
import { parseAddress } from '../../../net/address.ts';
import { joinBytes } from '../../../net/frame/build.ts';
import { encapsulating, Topology } from '../../ip/testing/topology.ts';
import { addressWords } from '../../neighbor/index.ts';
import { MPLS_OLD_UDP_PORT, MPLS_UDP_PORT } from '../layout.ts';
import type { MplsTunnelFunctions } from '../table-functions.ts';

/** Ethertypes as they lie on the wire, read as the datapath reads them. */
export const LABELLED = 0x4788;
export const IPV4 = 0x0008;

/**
 * The topology of IP with a tunnel to 192.0.2.9 and one to 2001:db8:9::9, both behind the host of link 2, and with labels
 * taken in VRF 1: what comes out of a tunnel is punted by neighbor-hold, which stands where mpls-input does.
 */
export class TunnelBench {
  readonly topology: Topology;
  readonly #control: Control;
  readonly #nextHops = new Map<string, number>();
  readonly #stages = new Map<number, string>();
  #records = 0;

  constructor(topology: Topology) {
    this.topology = topology;
    const { bench, links } = topology;
    this.#control = bench.tables<Control>(controlNames);
    const gateway = topology.neighbor(links[1]);
    topology.route('192.0.2.9/32', gateway);
    topology.route('2001:db8:9::9/128', gateway);
    for (const family of ['protocol4', 'protocol6'] as const) {
      topology.take(family, 17, 'udp-input');
      topology.take(family, 47, 'gre-input');
    }
    for (const port of [MPLS_UDP_PORT, MPLS_OLD_UDP_PORT]) {
      const place = bench.region('UDP_PORTS') + (((port & 0xff) << 8) | (port >> 8)) * 2;
      bench.view.setUint16(place, bench.node('mplsoudp-input'), true);
    }
    this.#takeLabels('neighbor-hold');
    this.#control.setMplsUnderlay(1, 1);
  }

  static async open(): Promise<TunnelBench> {
    return new TunnelBench(await Topology.open());
  }

  /** The next hop of a tunnel from one address to another; `local` empty for one that is down. */
  tunnel(
    kind: 'mplsoudp' | 'mplsogre',
    remote: string,
    local: string,
    port = MPLS_UDP_PORT,
    mtu = 1500,
  ): number {
    const key = `${kind} ${remote} ${local} ${port} ${mtu}`;
    const found = this.#nextHops.get(key);
    if (found !== undefined) return found;
    const record = ++this.#records;
    const far = parseAddress(remote);
    const near = addressWords(parseAddress(local || remote));
    const { low, high } = addressWords(far);
    const family = local === '' ? 0 : far.family === 'ipv4' ? 4 : 6;
    this.#control.setMplsTunnel(record, family, 1, port, near.low, near.high, low, high);
    const nextHop = this.topology.nextHop({ ...encapsulating, mtu });
    this.#control.setNextHopOutput(nextHop, this.topology.bench.node(`${kind}-output`), record);
    this.#nextHops.set(key, nextHop);
    this.#stages.set(nextHop, `${kind}-output`);
    return nextHop;
  }

  /** Does something while nobody takes labels, or while VRF 1 is no underlay. */
  without(what: 'labels' | 'underlay', work: () => void): void {
    if (what === 'labels') this.#takeLabels(undefined);
    else this.#control.setMplsUnderlay(1, 0);
    work();
    this.#takeLabels('neighbor-hold');
    this.#control.setMplsUnderlay(1, 1);
  }

  #takeLabels(stage: string | undefined): void {
    const { bench } = this.topology;
    const node = stage === undefined ? 0 : bench.node(stage);
    bench.view.setUint16(bench.region('LABELS_INPUT'), node, true);
  }

  /** Sends what has labels into a tunnel. */
  send(nextHop: number, bytes: Uint8Array, fields: SendFields = {}): Outcome {
    const { bench } = this.topology;
    const stage = this.#stages.get(nextHop) ?? '';
    return bench.inject(stage, bytes, { nextHop, etherType: LABELLED, ...fields });
  }
}

export interface SendFields {
  readonly etherType?: number;
  readonly flags?: number;
  readonly olFlags?: bigint;
}

/** Puts entries of a label stack in front of a payload, the last with the bottom's bit. */
export function labelled(
  payload: Uint8Array,
  ...entries: readonly { readonly label: number; readonly trafficClass?: number; readonly ttl?: number }[]
): Uint8Array {
  const words = entries.map(({ label, trafficClass = 0, ttl = 64 }, place) => {
    const bottom = place === entries.length - 1 ? 0x100 : 0;
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, ((label << 12) | (trafficClass << 9) | bottom | ttl) >>> 0);
    return word;
  });
  return joinBytes(...words, payload);
}

interface Control extends MplsTunnelFunctions {
  setNextHopOutput(index: number, node: number, record: number): void;
}

const controlNames = ['setMplsTunnel', 'setMplsUnderlay', 'setNextHopOutput'] as const;
