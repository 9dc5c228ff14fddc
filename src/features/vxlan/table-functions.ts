/** What the datapath exports to those who write its tables of tunnels: datapath/vxlans.ts and its neighbours. */
export interface VxlanFunctions {
  setVxlan(
    id: number,
    flags: number,
    vrf: number,
    vni: number,
    port: number,
    low: bigint,
    high: bigint,
  ): void;
  bindVni(vrf: number, vni: number, id: number): number;
  unbindVni(vrf: number, vni: number): number;
  noteVnis(count: number): void;
  newFloodList(count: number): number;
  setFloodMember(list: number, place: number, farEnd: number): void;
  publishFloodList(id: number, list: number, count: number): void;
  dropFloodLists(): void;
  putFarEnd(low: bigint, high: bigint): number;
  restoreFarEnd(low: bigint, high: bigint, name: number): number;
  retireFarEnd(low: bigint, high: bigint): number;
  freeFarEnd(name: number): void;
  putVxlanStation(id: number, mac: bigint, farEnd: number): number;
  dropVxlanStation(id: number, mac: bigint): number;
}
