import type { Router } from '../../engine/host/router.ts';
import { addressWords } from '../neighbor/index.ts';
import type { Ipip } from './ipip.ts';
import { IPIP_IP6, IPIP_READY } from './layout.ts';

/** What datapath/ipips.ts exports to those who write its tables. */
export interface IpipFunctions {
  linkIpip(
    id: number,
    flags: number,
    vrf: number,
    localLow: bigint,
    localHigh: bigint,
    remoteLow: bigint,
    remoteHigh: bigint,
  ): void;
  setIpipFlags(id: number, flags: number): void;
  unlinkIpip(id: number): void;
}

/** The tunnels in the shared memory: the only caller of datapath/ipips.ts. */
export class TunnelTable {
  readonly #functions: IpipFunctions;

  constructor(router: Pick<Router, 'tables'>) {
    this.#functions = router.tables<IpipFunctions>(['linkIpip', 'setIpipFlags', 'unlinkIpip']);
  }

  /** Lets packets find a tunnel that they cannot find yet. */
  link(id: number, ipip: Ipip, isReady: boolean): void {
    const local = addressWords(ipip.local);
    const remote = addressWords(ipip.remote);
    const words = [local.low, local.high, remote.low, remote.high] as const;
    this.#functions.linkIpip(id, flagsOf(ipip, isReady), ipip.encapVrf, ...words);
  }

  /** Says whether a tunnel's local address is one of ours. */
  setReady(id: number, ipip: Ipip, isReady: boolean): void {
    this.#functions.setIpipFlags(id, flagsOf(ipip, isReady));
  }

  /** Takes a tunnel out of packets' sight: it may be written again after a quiet point. */
  unlink(id: number): void {
    this.#functions.unlinkIpip(id);
  }
}

function flagsOf({ local }: Ipip, isReady: boolean): number {
  return (isReady ? IPIP_READY : 0) | (local.family === 'ipv6' ? IPIP_IP6 : 0);
}
