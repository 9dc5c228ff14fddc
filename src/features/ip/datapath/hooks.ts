import { NODE_ICMP4_LOCAL, NODE_IP4_INPUT, NODE_IP4_REJECT } from '../../../engine/datapath/nodes';
import { ETHER_TYPES } from '../../../engine/datapath/regions';
import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_ICMP } from '../../../net/datapath/ip-protocols';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { setProtocolNode4 } from './protocols';

/** Takes IP's places in the tables of lower features and its own: called once, before the first packet. */
export function hookIp(): void {
  store<u16>(ETHER_TYPES + ((<usize>TYPE_IP4_RAW) << 1), <u16>NODE_IP4_INPUT);
  nextHopAt(0).node4 = <u16>NODE_IP4_REJECT;
  setProtocolNode4(PROTOCOL_ICMP, NODE_ICMP4_LOCAL);
}
