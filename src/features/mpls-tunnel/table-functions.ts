/** What datapath/mpls-tunnels.ts exports to those who write its tables. */
export interface MplsTunnelFunctions {
  setMplsTunnel(
    record: number,
    family: number,
    vrf: number,
    port: number,
    localLow: bigint,
    localHigh: bigint,
    remoteLow: bigint,
    remoteHigh: bigint,
  ): void;
  setMplsUnderlay(vrf: number, on: number): void;
}
