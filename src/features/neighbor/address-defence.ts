import { formatAddress, type IpAddress } from '../../net/address.ts';
import { formatMac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import type { NeighborRouter } from './host.ts';
import type { Heard } from './wire-words.ts';

/** Says aloud when other stations use addresses of ours, and defends these, but not too often (RFC 5227 2.4). */
export class AddressDefence {
  readonly #router: Pick<NeighborRouter, 'emit' | 'log'>;
  readonly #nowMs: () => number;
  readonly #announce: (iface: Interface, address: IpAddress) => void;
  readonly #defendedMs = new Map<string, number>();

  constructor(
    parts: { readonly router: Pick<NeighborRouter, 'emit' | 'log'>; readonly nowMs: () => number },
    announce: (iface: Interface, address: IpAddress) => void,
  ) {
    this.#router = parts.router;
    this.#nowMs = parts.nowMs;
    this.#announce = announce;
  }

  /** Another station has claimed an address of an interface. */
  claimed(iface: Interface, { address, mac }: Heard): void {
    const now = this.#nowMs();
    const key = `${iface.id} ${formatAddress(address)}`;
    if (now - (this.#defendedMs.get(key) ?? Number.NEGATIVE_INFINITY) < DEFEND_MS) return;
    this.#defendedMs.set(key, now);
    const text = `iface=${iface.name} ${formatAddress(address)}${mac ? ` mac=${formatMac(mac)}` : ''}`;
    this.#router.log.warn({ iface: iface.name }, `another station uses our address: ${text}`);
    this.#router.emit({ type: `addr${address.family === 'ipv4' ? 4 : 6} conflict`, text });
    this.#announce(iface, address);
  }
}

/** Least time between two defences of an address (RFC 5227 1.1, DEFEND_INTERVAL). */
const DEFEND_MS = 10_000;
