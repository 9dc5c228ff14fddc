import type { IpFeature } from '../ip/index.ts';

/** Protocol numbers of what is inside (IANA): IPv4 (RFC 2003 3.1) and IPv6 (RFC 2473 5.3, RFC 4213 3.5). */
const PROTOCOLS = [4, 41] as const;

/** Takes IP in IP for us while there is any tunnel: it is the host's otherwise. */
export class Reception {
  readonly #ip: Pick<IpFeature, 'takeProtocol'>;
  #users = 0;

  constructor(ip: Pick<IpFeature, 'takeProtocol'>) {
    this.#ip = ip;
  }

  /** Counts one more tunnel. */
  open(): void {
    this.#users++;
    if (this.#users === 1) this.#take('ipip-input');
  }

  /** Takes one back. */
  close(): void {
    this.#users--;
    if (this.#users === 0) this.#take(undefined);
  }

  #take(stage: string | undefined): void {
    for (const family of ['ipv4', 'ipv6'] as const)
      for (const protocol of PROTOCOLS) this.#ip.takeProtocol(family, protocol, stage);
  }
}
