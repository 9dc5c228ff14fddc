import type { Interface } from '../interface/index.ts';

/** Which members a bond uses, by id. */
export interface Choice {
  /** What the bond sends leaves by these. */
  readonly sends: readonly number[];
  /** What these receive, the bond has received. */
  readonly takes: readonly number[];
}

/** No member is used. */
export const NOBODY: Choice = { sends: [], takes: [] };

/** Tells whether a member's link can be used. */
export function isUsable({ up, running }: Pick<Interface, 'up' | 'running'>): boolean {
  return up && running;
}

/** One member at a time: the primary one where its link is up, else the one in use, else the first that can be used. */
export function chooseActive(
  members: readonly Interface[],
  { primary, active }: { readonly primary: number; readonly active: number },
): Choice {
  const usable = members.filter(isUsable);
  const chosen = [primary, active]
    .map((id) => usable.find((member) => member.id === id))
    .concat(usable)
    .find((member) => member !== undefined);
  const ids = chosen ? [chosen.id] : [];
  return { sends: ids, takes: ids };
}

/** Tells whether two lists of members are the same. */
export function sameMembers(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((id, place) => others[place] === id);
}
