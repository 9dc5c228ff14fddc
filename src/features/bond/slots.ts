import { BOND_SLOTS } from './layout.ts';

/**
 * Shares a bond's slots evenly between the members that send. A slot stays with its member where that does not have too
 * many: flows that need not move do not.
 */
export function shareSlots(before: readonly number[], members: readonly number[]): readonly number[] {
  if (members.length === 0) return Array<number>(BOND_SLOTS).fill(0);
  const room = new Map(members.map((member, place) => [member, shareOf(place, members.length)]));
  const take = (member: number) => {
    const left = room.get(member) ?? 0;
    if (left > 0) room.set(member, left - 1);
    return left > 0;
  };
  const kept = Array.from({ length: BOND_SLOTS }, (_, slot) => {
    const member = before[slot] ?? 0;
    return take(member) ? member : 0;
  });
  return kept.map((member) => member || (members.find(take) ?? 0));
}

/** The first members get what is left over. */
function shareOf(place: number, members: number): number {
  return Math.floor(BOND_SLOTS / members) + (place < BOND_SLOTS % members ? 1 : 0);
}
