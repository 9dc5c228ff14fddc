import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import { type TunnelPorts, wellKnownPorts } from '../../net/frame/tunnels.ts';
import type { IpFeature } from '../ip/index.ts';

/** The protocol number of UDP (RFC 768). */
const UDP = 17;
/** That of fragments, which no packet has as its own (RFC 8200 4.5). */
const FRAGMENTS = 44;

/** Which stage takes the datagrams to which UDP port of ours. UDP goes to the host by the shortest way while none is taken. */
export class UdpPorts {
  readonly #router: Router;
  readonly #ip: IpFeature;
  readonly #carried = new Map<string, 'vxlan' | 'mpls'>();
  readonly #taken = new Map<number, { readonly stage: string; readonly users: number }>();

  constructor(router: Router, ip: IpFeature) {
    this.#router = router;
    this.#ip = ip;
  }

  /** Says what the datagrams carry that a stage takes. */
  define(stage: string, carries: 'vxlan' | 'mpls'): void {
    this.#carried.set(stage, carries);
  }

  /** What the taken ports and the well-known ones carry. */
  get carried(): TunnelPorts {
    const ports = new Map(wellKnownPorts);
    for (const [port, { stage }] of this.#taken) {
      const carries = this.#carried.get(stage);
      if (carries) ports.set(port, carries);
    }
    return ports;
  }

  /** Gives a port to a stage, or counts one more user of it. @throws ApiError EADDRINUSE when another stage has it */
  take(doing: string, port: number, stage: string): void {
    const before = this.#taken.get(port);
    if (before && before.stage !== stage) {
      throw new ApiError('EADDRINUSE', {
        doing,
        expected: 'a UDP port that no other kind of tunnel has',
        received: `${port}, which ${before.stage} takes`,
      });
    }
    this.#taken.set(port, { stage, users: (before?.users ?? 0) + 1 });
    this.#router.dispatch.set({ table: 'udp-ports', key: String(port), stage }, this.#place(port));
    this.#hook('udp-input');
  }

  /** Takes a user of a port back; with the last one it is the host's again. */
  release(port: number): void {
    const before = this.#taken.get(port);
    if (!before) return;
    if (before.users > 1) {
      this.#taken.set(port, { ...before, users: before.users - 1 });
      return;
    }
    this.#taken.delete(port);
    this.#router.dispatch.clear({ table: 'udp-ports', key: String(port) }, this.#place(port));
    if (this.#taken.size === 0) this.#hook(undefined);
  }

  /** Fragments of what tunnels carry are looked at before the host gets them. */
  #hook(stage: 'udp-input' | undefined): void {
    for (const family of ['ipv4', 'ipv6'] as const) {
      this.#ip.takeProtocol(family, UDP, stage);
      this.#ip.takeProtocol(family, FRAGMENTS, stage && 'fragment-input');
    }
  }

  /** The table is read with the port as it lies on the wire. */
  #place(port: number): number {
    return this.#router.region('UDP_PORTS') + (((port & 0xff) << 8) | (port >> 8)) * 2;
  }
}
