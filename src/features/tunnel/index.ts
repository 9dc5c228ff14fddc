// What higher features take from this one.
export { type FollowedUnderlay, followUnderlay } from './follow-underlay.ts';
export { Places, type PlacesRouter } from './places.ts';
export { isBoundToLink, isRoutedStation } from './stations.ts';
export type { UdpPorts } from './udp-ports.ts';
export type { TunnelFeature } from './vrouter.ts';
export { type Way, type WayParts, wayTo } from './way.ts';
