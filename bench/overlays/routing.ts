import { forwardingScript } from '../peers/router-script.ts';
import { fewIpv4Routes } from '../workload.ts';
import { openRouted } from './outer.ts';
import type { Task } from './task.ts';

/** Routes packets as `forward` does, with two ports more, where nothing arrives. */
export function plainRouting(): Task {
  const workload = fewIpv4Routes();
  return {
    frames: workload.frames,
    open: openRouted,
    carried: workload.frames.map(openRouted),
    devices: ['net_null2,no-rx=1', 'net_null3,no-rx=1'],
    lines: forwardingScript(workload, []),
  };
}

/** The same with every overlay configured, though none of the packets has to do with one. */
export function routingBesideOverlays(): Task {
  const plain = plainRouting();
  return { ...plain, lines: [...plain.lines, ...overlayLines] };
}

const overlayLines: readonly string[] = [
  'interface add bridge br0',
  'interface set port p2 domain br0',
  'address add 10.90.0.1/24 iface br0',
  'interface add vlan v10 parent p3 vlan_id 10 domain br0',
  'interface add vlan v20 parent p3 vlan_id 20',
  'address add 10.91.0.1/24 iface v20',
  'interface add vxlan vx0 vni 100 local 172.16.0.1 domain br0',
  'flood vtep add 172.16.1.0 vni 100',
  'fdb add 02:12:00:00:00:01 iface vx0 vtep 172.16.1.0',
  'fdb add 02:12:00:00:00:02 iface p2',
  'nexthop add mplsoudp remote 172.16.1.1 local 172.16.0.1 id 1000',
  'nexthop add mplsogre remote 172.16.1.2 local 172.16.0.1 id 1001',
  'nexthop add mpls label 100 via 1000 id 1002',
  'nexthop add mpls label 200,300 via 1001 id 1003',
  'route add 10.92.0.0/16 via id 1002',
  'route add 10.93.0.0/16 via id 1003',
  'label add 500 vrf main',
  'mpls enable v20',
  'interface add vlan v30 parent p3 vlan_id 30',
  'interface add vlan v40 parent p3 vlan_id 40',
  'interface set vlan v30 domain v40',
];
