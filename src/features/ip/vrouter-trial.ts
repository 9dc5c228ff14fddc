import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, type Exchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, icmpMessage, icmpv6Message, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { FurtherMacTable } from '../mac/index.ts';
import { startTrialIp, writeTrialLink } from './trial-link.ts';

/**
 * What a build must do with IP packets, on the fast way and stage by stage:
 *
 *   host 10.0.1.2, fd00:1::2 ── 10.0.1.1, fd00:1::1 │ interface 1, port 0
 *   host 10.0.2.2, fd00:2::2 ── 10.0.2.1, fd00:2::1 │ interface 2, port 1
 */
export const ipTrial = trialBothWays('forwards IPv4 and IPv6, and answers pings', {
  setUp,
  check(datapath) {
    for (const exchange of exchanges) checkExchange(datapath, { from: 0, ...exchange });
  },
});

const router = ['', '02:00:00:00:00:01', '02:00:00:00:00:02'] as const;
const host = ['', '02:00:00:00:01:01', '02:00:00:00:01:02'] as const;
/** An address that the first interface receives for beside its own. */
const FURTHER = '02:00:00:00:00:f1';
const payload = new Uint8Array(32).fill(7);

function ipv4(source: string, destination: string, type: number, ttl: number): Uint8Array {
  return ipv4Packet({ source, destination, protocol: 1, ttl }, icmpMessage({ type, rest: 7 }, payload));
}

function ipv6(source: string, destination: string, type: number, hopLimit: number): Uint8Array {
  const ends = { source, destination };
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit }, icmpv6Message({ type, rest: 7 }, payload, ends));
}

/** What a packet from the first host is to become. */
const exchanges: readonly Omit<Exchange, 'from'>[] = [
  {
    name: 'an IPv4 packet to the second host',
    received: fromHost(0x0800, ipv4('10.0.1.2', '10.0.2.2', 8, 64)),
    to: 1,
    sent: toHost(2, 0x0800, ipv4('10.0.1.2', '10.0.2.2', 8, 63)),
  },
  {
    name: 'an IPv6 packet to the second host',
    received: fromHost(0x86dd, ipv6('fd00:1::2', 'fd00:2::2', 128, 64)),
    to: 1,
    sent: toHost(2, 0x86dd, ipv6('fd00:1::2', 'fd00:2::2', 128, 63)),
  },
  {
    name: 'an IPv4 ping to the router',
    received: fromHost(0x0800, ipv4('10.0.1.2', '10.0.1.1', 8, 64)),
    to: 0,
    sent: toHost(1, 0x0800, ipv4('10.0.1.1', '10.0.1.2', 0, 64)),
  },
  {
    name: 'an IPv6 ping to the router',
    received: fromHost(0x86dd, ipv6('fd00:1::2', 'fd00:1::1', 128, 64)),
    to: 0,
    sent: toHost(1, 0x86dd, ipv6('fd00:1::1', 'fd00:1::2', 129, 64)),
  },
  {
    name: 'a packet to a further MAC address',
    received: fromHost(0x0800, ipv4('10.0.1.2', '10.0.2.2', 8, 64), FURTHER),
    to: 1,
    sent: toHost(2, 0x0800, ipv4('10.0.1.2', '10.0.2.2', 8, 63)),
  },
];

function fromHost(etherType: number, packet: Uint8Array, destination: string = router[1]): Uint8Array {
  return etherFrame({ destination, source: host[1], etherType }, packet);
}

function toHost(number: 1 | 2, etherType: number, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host[number], source: router[number], etherType }, packet);
}

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  new FurtherMacTable(datapath.tables).add(1, parseMac(FURTHER));
  for (const number of [1, 2] as const)
    writeTrialLink(datapath, {
      id: number,
      port: number - 1,
      mac: router[number],
      own: { nextHop: number * 2 - 1, routes: [`10.0.${number}.1/32`, `fd00:${number}::1/128`] },
      host: {
        nextHop: number * 2,
        mac: host[number],
        routes: [`10.0.${number}.2/32`, `fd00:${number}::2/128`],
      },
    });
}
