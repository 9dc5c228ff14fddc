// What higher features take from this one.
export { FurtherMacTable } from './further-mac-table.ts';
export { type FurtherMac, type MacRouter, Macs } from './macs.ts';
