// The face of the DPDK addon: everything the rest of the engine takes from DPDK comes from here.
// Arguments are checked here first and in C again; errors are DpdkErrors whose code is an errno's name.
export type {
  BurstStats,
  EalInfo,
  PoolInfo,
  PoolMapping,
  PoolStats,
  PortLink,
  PortStats,
} from './dpdk-addon.ts';
export {
  allowedCpus,
  type EalOptions,
  ealArguments,
  ealBegin,
  ealCleanup,
  ealInit,
  freeHugepages,
} from './dpdk-eal.ts';
export { DpdkError } from './dpdk-error.ts';
export { type DpdkLogLevel, dpdkLogLevels, followDpdkLog, setDpdkLogLevel } from './dpdk-log.ts';
export { type PoolOptions, poolCreate, poolMap, poolPlace, poolStats } from './dpdk-pool.ts';
export {
  type Offloads,
  onLinkChange,
  type PortInfo,
  type PortOptions,
  portAddMac,
  portClose,
  portConfigure,
  portFind,
  portInfo,
  portLink,
  portList,
  portProbe,
  portProbeBegin,
  portRemoveMac,
  portSetAllmulticast,
  portSetMac,
  portSetMtu,
  portSetPromiscuous,
  portStart,
  portStats,
  portStop,
  portXstats,
  portXstatsReset,
  RX_OFFLOADS,
  TX_OFFLOADS,
} from './dpdk-port.ts';
export { TapDevice } from './dpdk-tap.ts';
export {
  type BurstFunctions,
  burstFunctions,
  burstStats,
  cyclesPerSecond,
  setClockAddress,
  threadId,
  threadPin,
  wake,
  workerRegister,
  workerUnregister,
} from './dpdk-worker.ts';
