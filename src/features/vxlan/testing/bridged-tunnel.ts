import { parseMac } from '../../../net/mac.ts';
import { BridgeTable } from '../../bridge/bridge-table.ts';
import { FdbTable } from '../../bridge/fdb-table.ts';
import { INTERFACE_FAR_ENDS, INTERFACE_UP } from '../../interface/layout.ts';
import { VXLAN_BRIDGED, VXLAN_READY } from '../layout.ts';
import type { Tunnel, VxlanBench } from './vxlan-bench.ts';

/** Interface id of the bridge. */
const BRIDGE = 20;

/** Makes the bench's first link and a tunnel members of a bridge that knows the host and the station; returns what routes both again. */
export function bridgeTunnel(vxlan: VxlanBench, tunnel: Tunnel): () => void {
  const { bench, interfaces, links } = vxlan.topology;
  const take = bench.tables;
  const [first] = links;
  const port = { flags: INTERFACE_UP, vrf: 1, mtu: 1500, mac: parseMac(first.mac), port: first.port };
  const leaving = { outputNode: bench.node('port-tx') };
  const bridged = { modeNode: bench.node('bridge-input'), domain: BRIDGE };
  interfaces.write(BRIDGE, { ...port, modeNode: bench.node('ether-input'), ...leaving, domain: 0 });
  interfaces.write(first.id, { ...port, ...leaving, ...bridged });
  const outputNode = bench.node('vxlan-output');
  const flags = INTERFACE_UP | INTERFACE_FAR_ENDS;
  interfaces.write(tunnel.id, { ...port, flags, mac: parseMac(tunnel.mac), port: 0, outputNode, ...bridged });
  vxlan.write(tunnel, { flags: VXLAN_READY | VXLAN_BRIDGED });
  const settings = { up: true, ageingTime: 300, flood: true, learn: true, neighSuppress: false };
  new BridgeTable(take).write(BRIDGE, settings);
  const fdb = new FdbTable(take);
  const station = { bridge: BRIDGE, vlan: 0, origin: 'static' } as const;
  const far = vxlan.farEnd(tunnel.remote);
  fdb.put({ ...station, mac: parseMac(first.host.mac), iface: first.id, far: 0 });
  fdb.put({ ...station, mac: parseMac(tunnel.station.mac), iface: tunnel.id, far });
  return () => {
    interfaces.write(first.id, { ...port, ...leaving, modeNode: bench.node('ether-input'), domain: 0 });
    vxlan.writeInterface(tunnel);
    vxlan.write(tunnel);
  };
}
