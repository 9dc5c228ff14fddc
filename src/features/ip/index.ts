// What higher features take from this one.
export type { Addresses, AddressListener, InterfaceAddress } from './addresses.ts';
export type { IcmpExchange } from './icmp-exchange.ts';
export type { Routes } from './routes.ts';
export { startTrialIp, type TrialLink, writeTrialLink, writeTrialOutput } from './trial-link.ts';
export type { IpFeature } from './vrouter.ts';
