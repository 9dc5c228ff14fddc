// What higher features take from this one.
export type { AddressAnswers, AddressProbes } from './answers.ts';
export type { NeighborNotice } from './neighbors.ts';
export { addingNextHop, type Encapsulation, isNeighbor, type NeighborHop, type NextHop } from './next-hop.ts';
export type { NextHops, NextHopWords } from './next-hops.ts';
export { isVrf, OwnNextHops } from './own-next-hops.ts';
export type { NextHopStages, Routing } from './routing.ts';
export type { UserNextHops, WantedNextHop } from './user-next-hops.ts';
export type { NeighborFeature } from './vrouter.ts';
export { addressWords, familyNumber, macWord } from './wire-words.ts';
