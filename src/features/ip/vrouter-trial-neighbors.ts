import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress, parseIpv4 } from '../../net/address.ts';
import { etherFrame, icmpv6Message, ipv6Packet, joinBytes } from '../../net/frame/build.ts';
import { arpMessage } from '../../net/frame/build-arp.ts';
import { macToBytes, parseMac } from '../../net/mac.ts';
import { startTrialIp, writeTrialLink } from './trial-link.ts';

/**
 * What a build must do with who asks for the router, on the fast way and stage by stage:
 *
 *   station 10.0.41.2, fd00:41::2 ── 10.0.41.1, fd00:41::1 │ interface 41, port 3
 */
export const neighborTrial = trialBothWays('answers who asks for it by ARP and neighbor discovery', {
  setUp(datapath) {
    startTrialIp(datapath);
    writeTrialLink(datapath, {
      id: 41,
      port: 3,
      mac: router.mac,
      own: { nextHop: 1, routes: [`${router.ip4}/32`, `${router.ip6}/128`] },
      host: { nextHop: 2, mac: station.mac, routes: [`${station.ip4}/32`, `${station.ip6}/128`] },
    });
  },
  check(datapath) {
    checkExchange(datapath, {
      name: 'a question by ARP',
      from: 3,
      received: frame(0x0806, station, arp('request')),
      to: 3,
      sent: frame(0x0806, router, arp('reply')),
    });
    checkExchange(datapath, {
      name: 'a neighbor solicitation',
      from: 3,
      received: frame(0x86dd, station, solicitation),
      to: 3,
      sent: frame(0x86dd, router, advertisement),
    });
  },
});

const router = { mac: '02:00:00:00:29:01', ip4: '10.0.41.1', ip6: 'fd00:41::1' };
const station = { mac: '02:00:00:00:29:02', ip4: '10.0.41.2', ip6: 'fd00:41::2' };

/** A frame of one of the two to the other one. */
function frame(etherType: number, from: typeof router, payload: Uint8Array): Uint8Array {
  const to = from === router ? station : router;
  return etherFrame({ destination: to.mac, source: from.mac, etherType }, payload);
}

function arp(operation: 'request' | 'reply'): Uint8Array {
  const [from, to] = operation === 'request' ? [station, router] : [router, station];
  const macs = { senderMac: parseMac(from.mac), targetMac: parseMac(to.mac) };
  return arpMessage({ operation, ...macs, sender: parseIpv4(from.ip4), target: parseIpv4(to.ip4) });
}

const solicitation = discovery({ source: station.ip6, destination: router.ip6 }, [135, 0, 1, station.mac]);
/** Of a router, asked for, and the last word (RFC 4861 4.4). */
const advertisement = discovery({ source: router.ip6, destination: station.ip6 }, [
  136,
  0xe0000000,
  2,
  router.mac,
]);

/** A message about the router's address: its type, its flags, and an option with a MAC address (RFC 4861 4.3, 4.4). */
function discovery(
  ends: { readonly source: string; readonly destination: string },
  [type, flags, option, mac]: readonly [number, number, number, string],
): Uint8Array {
  const target = addressToBytes(parseAddress(router.ip6));
  const body = joinBytes(target, Uint8Array.of(option, 1), macToBytes(parseMac(mac)));
  const message = icmpv6Message({ type, rest: flags }, body, ends);
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255 }, message);
}
