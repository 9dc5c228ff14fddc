import type { Router } from '../../engine/host/router.ts';
import type { OuterHeaders } from './outer-headers.ts';

/** What datapath/srv6-tables.ts exports to those who write its tables. */
export interface Srv6Functions {
  setSrv6Encap(record: number, bytes: number, vrf: number, protocolAt: number): void;
  setSrv6Header(record: number, at: number, word: bigint): void;
  setSrv6Sid(
    record: number,
    behavior: number,
    flavors: number,
    blockBits: number,
    csidBits: number,
    vrf: number,
    vrfInterface: number,
    nextHop: number,
  ): void;
}

/** What a SID does, as packets see it. */
export interface SidRecord {
  readonly behavior: number;
  readonly flavors: number;
  readonly blockBits: number;
  readonly csidBits: number;
  readonly vrf: number;
  readonly vrfInterface: number;
  readonly nextHop: number;
}

/** The tables of segment routing in the shared memory: the only caller of datapath/srv6-tables.ts. */
export class Srv6Table {
  readonly #functions: Srv6Functions;

  constructor(router: Pick<Router, 'tables'>) {
    this.#functions = router.tables<Srv6Functions>(['setSrv6Encap', 'setSrv6Header', 'setSrv6Sid']);
  }

  /** Writes what a next hop puts round packets; none read it yet. Without headers it drops them. */
  writeEncap(record: number, vrf: number, headers: OuterHeaders | undefined): void {
    const { bytes = new Uint8Array(0), protocolAt = 0 } = headers ?? {};
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at < bytes.length; at += 8)
      this.#functions.setSrv6Header(record, at, view.getBigUint64(at, true));
    this.#functions.setSrv6Encap(record, bytes.length, vrf, protocolAt);
  }

  /** Writes what a SID does; no packet reads it yet. */
  writeSid(record: number, sid: SidRecord): void {
    const { behavior, flavors, blockBits, csidBits, vrf, vrfInterface, nextHop } = sid;
    this.#functions.setSrv6Sid(record, behavior, flavors, blockBits, csidBits, vrf, vrfInterface, nextHop);
  }
}
