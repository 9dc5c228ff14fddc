import type { Ground } from './ground.ts';

const UDP = 17;
const FRAGMENTS = 44;
const ROUTER_SOLICITATION = 133;
const DHCP_CLIENT = 68;
/** A UDP port of ours that the host has, by way of udp-input. */
const HOST_PORT = 4000;

/** Gives what is for the router itself to its stages, and to programs of the host. */
export function addHooks(ground: Ground): void {
  const { topology } = ground;
  const { bench, links } = topology;
  topology.takeType(0x0806, 'arp-input');
  bench.view.setUint16(bench.region('ETHER_OTHERS'), bench.node('host-frame'), true);
  for (const protocol of ['protocol4', 'protocol6'] as const) {
    topology.take(protocol, UDP, 'udp-input');
    topology.take(protocol, FRAGMENTS, 'fragment-input');
  }
  ground.takePort(HOST_PORT, 'host-deliver');
  topology.take('icmp6', ROUTER_SOLICITATION, 'router-solicitation');
  const { setAdvertising } = bench.tables<AdvertFunctions>(['setAdvertising']);
  setAdvertising(links[0].id, 1);
  ground.takePort(DHCP_CLIENT, 'dhcp-input');
  const { setDhcpClient } = bench.tables<DhcpFunctions>(['setDhcpClient']);
  setDhcpClient(links[0].id, 1);
}

interface DhcpFunctions {
  setDhcpClient(iface: number, on: number): void;
}

interface AdvertFunctions {
  setAdvertising(iface: number, on: number): void;
}
