import { INTERFACE_RUNNING, INTERFACE_UP } from '../../src/features/interface/layout.ts';
import { IPIP_IP6, IPIP_READY } from '../../src/features/ipip/layout.ts';
import type { IpipFunctions } from '../../src/features/ipip/tunnel-table.ts';
import { addressWords } from '../../src/features/neighbor/index.ts';
import { parseAddress } from '../../src/net/address.ts';
import { parseMac } from '../../src/net/mac.ts';
import { type Ground, hexOf } from './ground.ts';

const VRF = 1;
const PROTOCOLS = [4, 41];
/** A tunnel, and what is wrong with it, if anything: its interface is down, or its address is none of ours. */
interface Plan {
  readonly id: number;
  readonly place: number;
  readonly local: string;
  readonly remote: string;
  readonly mtu: number;
  readonly fault?: 'down' | 'lost';
}

/** What the outer headers leave of 1500, and a tunnel that cuts nearly everything; others that take nothing. */
const plans: readonly Plan[] = [
  { id: 27, place: 134, local: '10.0.1.1', remote: '10.0.2.2', mtu: 1480 },
  { id: 28, place: 135, local: '2001:db8:1::1', remote: '2001:db8:2::2', mtu: 1280 },
  { id: 29, place: 142, local: '10.0.1.1', remote: '198.51.100.1', mtu: 1480, fault: 'down' },
  { id: 35, place: 143, local: '203.0.113.77', remote: '10.0.2.2', mtu: 1480, fault: 'lost' },
];
const mac = '02:00:00:00:0d:02';

/** Adds tunnels that put IP into IP, with routes that lead into them. */
export function addIpips(ground: Ground): void {
  const { topology } = ground;
  for (const family of ['protocol4', 'protocol6'] as const)
    for (const protocol of PROTOCOLS) topology.take(family, protocol, 'ipip-input');
  for (const plan of plans) add(ground, plan);
}

function add(ground: Ground, { id, place, local, remote, mtu, fault }: Plan): void {
  const { bench, interfaces, links } = ground.topology;
  interfaces.write(id, {
    flags: (fault === 'down' ? 0 : INTERFACE_UP) | INTERFACE_RUNNING,
    vrf: VRF,
    mtu,
    mac: parseMac(mac),
    port: 0,
    modeNode: bench.node('ether-input'),
    outputNode: bench.node('ipip-output'),
    domain: 0,
  });
  const { linkIpip } = bench.tables<Pick<IpipFunctions, 'linkIpip'>>(['linkIpip']);
  const [near, far] = [addressWords(parseAddress(local)), addressWords(parseAddress(remote))];
  const flags = (fault === 'lost' ? 0 : IPIP_READY) | (local.includes(':') ? IPIP_IP6 : 0);
  linkIpip(id, flags, VRF, near.low, near.high, far.low, far.high);
  ground.interfaces.push(id);
  if (!fault) ground.tunnels.push({ kind: 'ip-in-ip', local: hexOf(local), remotes: [hexOf(remote)] });
  ground.route(place, ground.topology.neighbor({ ...links[0], id, mac }, { mac, mtu }));
}
