import { ApiError } from '../../engine/api-error.ts';

/** How a bond chooses the members that it uses. */
export type BondMode = 'active-backup' | 'lacp';
/** What the frames of a bond are spread by. */
export type Balance = 'rss' | 'l2' | 'l3+l4';

/** What a user has said of a bond. */
export interface BondSettings {
  readonly mode: BondMode;
  readonly balance: Balance;
}

/** Reads a bond's mode. @throws ApiError EINVAL */
export function readMode(doing: string, word: string): BondMode {
  if (word === 'active-backup' || word === 'lacp') return word;
  throw new ApiError('EINVAL', {
    doing,
    expected: 'the mode "active-backup" or "lacp"',
    received: JSON.stringify(word),
  });
}

/** Reads what a bond's frames are spread by. @throws ApiError EINVAL */
export function readBalance(doing: string, word: string): Balance {
  if (word === 'rss' || word === 'l2' || word === 'l3+l4') return word;
  throw new ApiError('EINVAL', {
    doing,
    expected: 'the balance "rss", "l2" or "l3+l4"',
    received: JSON.stringify(word),
  });
}
