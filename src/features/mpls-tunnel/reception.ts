import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { IpFeature } from '../ip/index.ts';
import type { TunnelFeature } from '../tunnel/index.ts';
import { MPLS_OLD_UDP_PORT, MPLS_UDP_PORT } from './layout.ts';
import type { TunnelTable } from './tunnel-table.ts';

const GRE = 47;

/** In which VRFs labels are taken out of tunnels: those that somebody wants them in. GRE and the ports are the host's otherwise. */
export class Reception {
  readonly #table: Pick<TunnelTable, 'setUnderlay'>;
  readonly #ip: Pick<IpFeature, 'takeProtocol'>;
  readonly #udpPorts: Pick<TunnelFeature['udpPorts'], 'take' | 'release'>;
  readonly #users = new Map<number, number>();

  constructor(parts: {
    readonly table: Pick<TunnelTable, 'setUnderlay'>;
    readonly ip: Pick<IpFeature, 'takeProtocol'>;
    readonly udpPorts: Pick<TunnelFeature['udpPorts'], 'take' | 'release'>;
  }) {
    this.#table = parts.table;
    this.#ip = parts.ip;
    this.#udpPorts = parts.udpPorts;
  }

  /** How all VRFs are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['MPLS_UNDERLAYS'],
      write: () => {
        for (const vrf of this.#users.keys()) this.#table.setUnderlay(vrf, true);
      },
    };
  }

  /** Counts one more who wants labels that come in a VRF. @throws ApiError EADDRINUSE when somebody else has a port */
  open(doing: string, vrf: number): void {
    if (this.#users.size === 0) this.#takePorts(doing);
    const users = (this.#users.get(vrf) ?? 0) + 1;
    this.#users.set(vrf, users);
    if (users === 1) this.#table.setUnderlay(vrf, true);
  }

  /** Takes one back; with the last one of all, GRE and the ports are the host's again. */
  close(vrf: number): void {
    const users = (this.#users.get(vrf) ?? 0) - 1;
    if (users > 0) {
      this.#users.set(vrf, users);
      return;
    }
    if (!this.#users.delete(vrf)) return;
    this.#table.setUnderlay(vrf, false);
    if (this.#users.size === 0) this.#releasePorts();
  }

  #takePorts(doing: string): void {
    this.#udpPorts.take(doing, MPLS_UDP_PORT, 'mplsoudp-input');
    try {
      this.#udpPorts.take(doing, MPLS_OLD_UDP_PORT, 'mplsoudp-input');
    } catch (error) {
      this.#udpPorts.release(MPLS_UDP_PORT);
      throw error;
    }
    this.#takeGre('gre-input');
  }

  #releasePorts(): void {
    this.#udpPorts.release(MPLS_UDP_PORT);
    this.#udpPorts.release(MPLS_OLD_UDP_PORT);
    this.#takeGre(undefined);
  }

  #takeGre(stage: string | undefined): void {
    this.#ip.takeProtocol('ipv4', GRE, stage);
    this.#ip.takeProtocol('ipv6', GRE, stage);
  }
}
