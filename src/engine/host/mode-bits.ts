import { CONTROL_MODE } from '../layout.ts';

/** The bits of CONTROL_MODE, which several owners set and clear. */
export class ModeBits {
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** Sets or clears MODE_… bits; workers see it with their next burst. */
  set(bits: number, on: boolean): void {
    const now = this.#view.getUint32(CONTROL_MODE, true);
    this.#view.setUint32(CONTROL_MODE, on ? now | bits : now & ~bits, true);
  }
}
