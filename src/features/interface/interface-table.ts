import type { TakeFunctions } from '../../engine/host/rewrites.ts';
import { type Mac, macToBytes } from '../../net/mac.ts';
import { INTERFACE_PLACES } from './layout.ts';

/** Nodes by place. */
export type Steps = ReadonlyMap<number, number>;

/** An interface's record but for its addresses. */
export interface InterfaceRecord {
  /** INTERFACE_… bits; zero takes it out of use. */
  readonly flags: number;
  readonly vrf: number;
  readonly mtu: number;
  readonly mac: Mac;
  readonly port: number;
  /** The stages that its mode gives what it receives to, and that send frames out of it: zero for none. */
  readonly modeNode: number;
  readonly outputNode: number;
  /** The stages that look at what it receives and sends before these do, by their places; none where absent. */
  readonly inputSteps?: Steps;
  readonly outputSteps?: Steps;
  readonly domain: number;
  /** For sub-interfaces only. */
  readonly parent?: number;
  readonly tag?: number;
}

/** The addresses an interface speaks from when it has to choose one itself: 4 and 16 bytes, network order. */
export interface InterfaceSources {
  readonly address4: Uint8Array | undefined;
  readonly address6: Uint8Array | undefined;
  readonly linkLocal: Uint8Array | undefined;
}

/** The interface table in the shared memory, as JavaScript values. The only caller of datapath/interfaces.ts. */
export class InterfaceTable {
  readonly #functions: InterfaceFunctions;

  constructor(take: TakeFunctions) {
    this.#functions = take<InterfaceFunctions>([
      'setInterface',
      'setInterfaceFlags',
      'setInterfaceMac',
      'setInterfaceParent',
      'setInterfaceSources',
      'setInterfaceSteps',
    ]);
  }

  /** Writes an interface's record; packets meet it when this returns. */
  write(id: number, record: InterfaceRecord): void {
    const { flags, vrf, mtu, port, domain } = record;
    const input = chain(record.inputSteps, record.modeNode);
    const output = chain(record.outputNode === 0 ? undefined : record.outputSteps, record.outputNode);
    const mac = macToBytes(record.mac);
    const view = new DataView(mac.buffer, mac.byteOffset);
    this.#functions.setInterfaceMac(id, view.getUint32(0), view.getUint16(4));
    this.#functions.setInterfaceParent(id, record.parent ?? 0, record.tag ?? 0);
    this.#functions.setInterfaceSteps(id, input.after, output.after);
    this.#functions.setInterface(id, flags, vrf, mtu, port, input.first, output.first, domain);
  }

  /** Sets an interface's flags alone. */
  setFlags(id: number, flags: number): void {
    this.#functions.setInterfaceFlags(id, flags);
  }

  /** Sets the addresses that an interface's ICMP errors are sent from. */
  setSources(id: number, { address4, address6, linkLocal }: InterfaceSources): void {
    const [address6Low, address6High] = words(address6);
    const [linkLocalLow, linkLocalHigh] = words(linkLocal);
    const raw4 = address4 ? new DataView(address4.buffer, address4.byteOffset).getUint32(0, true) : 0;
    this.#functions.setInterfaceSources(id, raw4, address6Low, address6High, linkLocalLow, linkLocalHigh);
  }
}

interface InterfaceFunctions {
  setInterface(
    id: number,
    flags: number,
    vrf: number,
    mtu: number,
    port: number,
    inputNode: number,
    outputNode: number,
    domain: number,
  ): void;
  setInterfaceFlags(id: number, flags: number): void;
  setInterfaceMac(id: number, firstFour: number, lastTwo: number): void;
  setInterfaceParent(id: number, parent: number, tag: number): void;
  setInterfaceSteps(id: number, inputAfter: bigint, outputAfter: bigint): void;
  setInterfaceSources(
    id: number,
    address4: number,
    address6Low: bigint,
    address6High: bigint,
    linkLocalLow: bigint,
    linkLocalHigh: bigint,
  ): void;
}

/** Where steps begin that end in a node, and a word that says what follows each place. */
function chain(steps: Steps | undefined, last: number): { readonly first: number; readonly after: bigint } {
  let first = last;
  let after = 0n;
  for (let place = INTERFACE_PLACES - 1; place >= 0; place--) {
    after |= BigInt(first) << BigInt(16 * place);
    first = steps?.get(place) ?? first;
  }
  return { first, after };
}

/** Two words of 16 bytes, as they lie in memory. */
function words(bytes: Uint8Array | undefined): [bigint, bigint] {
  if (!bytes) return [0n, 0n];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getBigUint64(0, true), view.getBigUint64(8, true)];
}
