import { ApiError } from '../../engine/api-error.ts';
import { checkLabel, LAST_LABEL } from './label.ts';

/** The labels that are given out when nobody asks for a certain one. */
export interface LabelRange {
  readonly first: number;
  readonly last: number;
}

/** Gives out free labels of a range that one can set. */
export class FreeLabels {
  #range: LabelRange = { first: 1 << 19, last: LAST_LABEL };
  #lastGiven = 0;

  get range(): LabelRange {
    return this.#range;
  }

  /** Changes where labels are taken from; those that are given out stay. @throws ApiError EINVAL */
  setRange({ first, last }: LabelRange): void {
    const doing = 'set the range of labels';
    checkLabel(doing, first);
    checkLabel(doing, last);
    if (first > last) {
      throw new ApiError('EINVAL', {
        doing,
        expected: 'the first label not above the last',
        received: `${first}-${last}`,
      });
    }
    this.#range = { first, last };
  }

  /** The next free label, behind the one that was given out last: a label is not soon used again. @throws ApiError ENOSPC */
  next(doing: string, isTaken: (label: number) => boolean): number {
    const { first, last } = this.#range;
    const start = this.#lastGiven >= first && this.#lastGiven < last ? this.#lastGiven + 1 : first;
    const free = firstFree(start, last, isTaken) ?? firstFree(first, start - 1, isTaken);
    if (free === undefined) {
      throw new ApiError('ENOSPC', {
        doing,
        expected: `a free label from ${first} to ${last}`,
        received: 'none',
      });
    }
    this.#lastGiven = free;
    return free;
  }
}

function firstFree(first: number, last: number, isTaken: (label: number) => boolean): number | undefined {
  for (let label = first; label <= last; label++) if (!isTaken(label)) return label;
  return undefined;
}
