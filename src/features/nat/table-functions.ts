/** What the datapath exports to those who write rules: datapath/nat-rules.ts. */
export interface RuleFunctions {
  setNatFlags(iface: number, flags: number): void;
  putStatic(iface: number, side: number, addressRaw: number, replaceRaw: number): number;
  dropStatic(iface: number, side: number, addressRaw: number): void;
  newSourceRules(count: number): number;
  setSourceRule(list: number, place: number, subnet: number, mask: number, replaceRaw: number): void;
  publishSourceRules(iface: number, list: number, count: number): void;
  releaseSourceRules(iface: number): void;
}

export const ruleFunctionNames = [
  'setNatFlags',
  'putStatic',
  'dropStatic',
  'newSourceRules',
  'setSourceRule',
  'publishSourceRules',
  'releaseSourceRules',
] as const;

/** What the datapath exports to who keeps the time of sessions and shows them: datapath/nat-sessions.ts. */
export interface SessionFunctions {
  setNatSeed(seed: bigint): void;
  setNatClock(milliseconds: number): void;
  setNatMax(max: number): void;
  setNatTimeout(state: number, milliseconds: number): void;
  natCount(): number;
  natUsed(): number;
  sweepSessions(from: number, count: number): number;
  flushSessions(iface: number, from: number, count: number): number;
  fillSessionPage(from: number): bigint;
}

export const sessionFunctionNames = [
  'setNatSeed',
  'setNatClock',
  'setNatMax',
  'setNatTimeout',
  'natCount',
  'natUsed',
  'sweepSessions',
  'flushSessions',
  'fillSessionPage',
] as const;
