import { ApiError } from '../../engine/api-error.ts';
import type { Interface } from '../interface/index.ts';
import type { FarEnds, OwnStations } from './fdb-entry.ts';

/** What the far ends of each type of member are. */
export class FarEndTypes {
  readonly #types = new Map<string, FarEnds>();

  define(type: string, farEnds: FarEnds): void {
    this.#types.set(type, farEnds);
  }

  /** Where the stations of an interface are, if it keeps that itself: it has far ends, and is no member. */
  stations(iface: Interface): OwnStations | undefined {
    return iface.domain === 0 ? this.#types.get(iface.type)?.stations : undefined;
  }

  /** All that keep stations themselves. */
  get keepers(): readonly OwnStations[] {
    return [...this.#types.values()].flatMap(({ stations }) => stations ?? []);
  }

  /** A far end as `fdb show` writes it; empty for members without far ends. */
  text(iface: Interface | undefined, far: number): string {
    if (!iface || far === 0) return '';
    return this.#types.get(iface.type)?.text(iface.id, far) ?? '';
  }

  /** The far end that a user has written. @throws ApiError EINVAL */
  parse(doing: string, iface: Interface | undefined, text: string): number {
    const farEnds = iface && this.#types.get(iface.type);
    if (iface && farEnds) return farEnds.parse(doing, iface.id, text);
    const received = `${text} at ${iface?.name ?? 'none'}`;
    throw new ApiError('EINVAL', { doing, expected: 'a far end of a tunnel that has several', received });
  }
}
