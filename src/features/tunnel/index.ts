// What higher features take from this one.
export type { UdpPorts } from './udp-ports.ts';
export type { TunnelFeature } from './vrouter.ts';
