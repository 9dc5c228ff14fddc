import { fileURLToPath } from 'node:url';
import { Bench, type Outcome } from '../../../engine/testing/bench.ts';
import { formatAddress, parseAddress } from '../../../net/address.ts';
import { formatMac, parseMac } from '../../../net/mac.ts';
import { packetPath } from '../../../programs/vrouter/packet-path.ts';
import { etherTypeEntry } from '../../ether/index.ts';
import { InterfaceTable } from '../../interface/index.ts';
import { INTERFACE_ACCESS, INTERFACE_SNOOPING, INTERFACE_UP } from '../../interface/layout.ts';
import { addressWords, familyNumber, PROBED_FAMILY, readHeard } from '../wire-words.ts';

/** MAC address of the interface and of a host on its link. */
export const ROUTER_MAC = '02:00:00:00:00:01';
export const HOST_MAC = '02:00:00:00:00:0a';
/** The one interface of the bench, in VRF 3. */
export const IFACE = 7;
export const VRF = 3;

/** The bench with one interface on port 0, which takes ARP. */
export class LinkBench {
  readonly bench: Bench;
  readonly #tables: Tables;
  readonly #interfaces: InterfaceTable;

  constructor(bench: Bench) {
    this.bench = bench;
    this.#tables = bench.tables<Tables>(tableNames);
    this.#interfaces = new InterfaceTable(bench.tables);
    this.#interfaces.write(IFACE, {
      flags: INTERFACE_UP,
      vrf: VRF,
      mtu: 1500,
      mac: parseMac(ROUTER_MAC),
      port: 0,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('port-tx'),
      domain: 0,
    });
    bench.view.setUint16(bench.region('PORT_INTERFACES'), IFACE, true);
    const arp = etherTypeEntry(bench.region('ETHER_TYPES'), 0x0806);
    bench.view.setUint16(arp, bench.node('arp-input'), true);
  }

  static async open(): Promise<LinkBench> {
    return new LinkBench(await Bench.open(packetPath, buildFolder));
  }

  set snooping(on: boolean) {
    this.#interfaces.setFlags(IFACE, INTERFACE_UP | (on ? INTERFACE_SNOOPING : 0));
  }

  set access(on: boolean) {
    this.#interfaces.setFlags(IFACE, INTERFACE_UP | (on ? INTERFACE_ACCESS : 0));
  }

  /** Answers for an address on the interface, or on another one. */
  answerFor(address: string, iface = IFACE): boolean {
    const { family, low, high } = keyOf(address);
    return this.#tables.answerFor(iface, family, low, high) !== 0;
  }

  /** Asks whether an IPv4 address is free on the interface. */
  probe(address: string): void {
    const { low, high } = keyOf(address);
    this.#tables.answerFor(IFACE, PROBED_FAMILY, low, high);
  }

  endProbe(address: string): void {
    const { low, high } = keyOf(address);
    this.#tables.stopAnswering(IFACE, PROBED_FAMILY, low, high);
  }

  stopAnswering(address: string): boolean {
    const { family, low, high } = keyOf(address);
    return this.#tables.stopAnswering(IFACE, family, low, high) !== 0;
  }
}

/** What the stages told the control thread, as texts. */
export function heardIn(outcome: Outcome) {
  return outcome.events.map(({ iface, vrf, data }) => {
    const { address, mac, flags } = readHeard(new DataView(data.buffer, data.byteOffset, data.byteLength));
    return { iface, vrf, address: formatAddress(address), mac: mac && formatMac(mac), flags };
  });
}

interface Tables {
  answerFor(iface: number, family: number, low: bigint, high: bigint): number;
  stopAnswering(iface: number, family: number, low: bigint, high: bigint): number;
}

const tableNames = ['answerFor', 'stopAnswering'] as const;

const buildFolder = fileURLToPath(new URL('../../../../build', import.meta.url));

function keyOf(text: string) {
  const address = parseAddress(text);
  return { family: familyNumber(address), ...addressWords(address) };
}
