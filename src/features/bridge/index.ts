// What higher features take from this one.
export type { Fdb } from './fdb.ts';
export type { FarEnds, FdbEntry, FdbListener, FdbOrigin, OwnStations, Station } from './fdb-entry.ts';
export type { BridgeFeature } from './vrouter.ts';
