import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';

/** ICMP errors that each worker sends in a second, and how many at once. */
export interface IcmpRate {
  readonly rate: number;
  readonly burst: number;
}

/** The limits of ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4 (f)), which the workers read from the shared memory. */
export class IcmpLimits {
  readonly #view: DataView;
  readonly #address: number;

  constructor(router: Pick<Router, 'view' | 'region'>) {
    this.#view = router.view;
    this.#address = router.region('ICMP_LIMITS');
    this.set({ rate: 1000, burst: 100 });
  }

  get current(): IcmpRate {
    return {
      rate: this.#view.getUint32(this.#address, true),
      burst: this.#view.getUint32(this.#address + 4, true),
    };
  }

  /** Changes what is given. @throws ApiError EINVAL */
  set(wanted: { readonly rate?: number | undefined; readonly burst?: number | undefined }): IcmpRate {
    const { rate = this.current.rate, burst = this.current.burst } = wanted;
    for (const [word, value] of Object.entries({ rate, burst })) {
      if (Number.isInteger(value) && value >= 1 && value <= MOST) continue;
      throw new ApiError('EINVAL', {
        doing: 'configure ICMP',
        expected: `a ${word} of 1 to ${MOST}`,
        received: String(value),
      });
    }
    this.#view.setUint32(this.#address, rate, true);
    this.#view.setUint32(this.#address + 4, burst, true);
    return { rate, burst };
  }
}

const MOST = 1_000_000;
