import {
  NODE_ICMP4_LOCAL,
  NODE_ICMP6_LOCAL,
  NODE_IP4_REJECT,
  NODE_IP6_REJECT,
  NODE_ND_ADVERTISEMENT,
  NODE_ND_SOLICITATION,
} from '../../../engine/datapath/nodes';
import { ICMP6_NEIGHBOR_ADVERTISEMENT, ICMP6_NEIGHBOR_SOLICITATION } from '../../../net/datapath/icmp-header';
import { PROTOCOL_ICMP, PROTOCOL_ICMP6 } from '../../../net/datapath/ip-protocols';
import { interfaceRestAt } from '../../interface/datapath/interface-rest';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { setIcmp6Node, setProtocolNode4, setProtocolNode6 } from './protocols';

/** Takes IP's places in the tables of next hops and protocols: called once, before the first packet. */
export function hookIp(): void {
  nextHopAt(0).node4 = <u16>NODE_IP4_REJECT;
  nextHopAt(0).node6 = <u16>NODE_IP6_REJECT;
  setProtocolNode4(PROTOCOL_ICMP, NODE_ICMP4_LOCAL);
  setProtocolNode6(PROTOCOL_ICMP6, NODE_ICMP6_LOCAL);
  setIcmp6Node(ICMP6_NEIGHBOR_SOLICITATION, NODE_ND_SOLICITATION);
  setIcmp6Node(ICMP6_NEIGHBOR_ADVERTISEMENT, NODE_ND_ADVERTISEMENT);
}

/** Sets the next hop that stands for all stations of an interface's link, for link-local addresses; zero for none. */
export function setLinkNextHop(iface: u32, nextHop: u32): void {
  interfaceRestAt(iface).linkNextHop = nextHop;
}
