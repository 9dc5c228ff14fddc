import { parseMac } from '../../../net/mac.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import type { Topology } from '../../ip/testing/topology.ts';
import { BridgeTable } from '../bridge-table.ts';
import { FdbTable } from '../fdb-table.ts';
import { BRIDGE, BRIDGE_MAC } from './bridge-bench.ts';

/**
 * Makes a topology's first link a bridge's member, whose frames to the router's own address there leave by the second
 * link; returns what makes it routed again.
 */
export function bridgeFirstLink({ bench, interfaces, links }: Topology): () => void {
  const take = bench.tables;
  const [first, second] = links;
  const up = { flags: INTERFACE_UP, vrf: 1, mtu: 1500, outputNode: bench.node('port-tx') };
  const routed = { ...up, mac: parseMac(first.mac), port: first.port, modeNode: bench.node('ether-input') };
  interfaces.write(BRIDGE, { ...routed, mac: parseMac(BRIDGE_MAC), domain: 0 });
  interfaces.write(first.id, { ...routed, modeNode: bench.node('bridge-input'), domain: BRIDGE });
  const settings = { up: true, ageingTime: 300, flood: true, learn: true, neighSuppress: false };
  new BridgeTable(take).write(BRIDGE, settings);
  const fdb = new FdbTable(take);
  const station = { bridge: BRIDGE, vlan: 0, far: 0, origin: 'learn' } as const;
  fdb.put({ ...station, mac: parseMac(first.host.mac), iface: first.id });
  fdb.put({ ...station, mac: parseMac(first.mac), iface: second.id });
  return () => interfaces.write(first.id, { ...routed, domain: 0 });
}
