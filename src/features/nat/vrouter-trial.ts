import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseIpv4 } from '../../net/address.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { startTrialIp, type TrialLink, writeTrialLink } from '../ip/index.ts';
import { MAX_SESSIONS, NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from './layout.ts';
import { RuleTable } from './rule-table.ts';
import { type RuleFunctions, ruleFunctionNames, type SessionFunctions } from './table-functions.ts';

/**
 * What a build must do with NAT, on the fast way and stage by stage: a datagram leaves by another address, and its answer
 * comes back.
 *
 *   station 10.0.31.2 │ interface 31, port 11        interface 32, port 12, 10.0.32.1 │ other end 10.0.32.2
 */
export const natTrial = trialBothWays('translates a source, and what comes back', { setUp, check });

const inside = { id: 31, port: 11, router: '02:00:00:00:1f:01', host: '02:00:00:00:1f:02' };
const outside = { id: 32, port: 12, router: '02:00:00:00:20:01', host: '02:00:00:00:20:02' };
type Link = typeof inside;

const station = '10.0.31.2';
const shared = '10.0.32.1';
const other = '10.0.32.2';

/** @throws Error with what came of it */
function check(datapath: ScratchDatapath): void {
  checkExchange(datapath, {
    name: 'a datagram of a station',
    from: inside.port,
    received: frameTo(inside, datagram(station, other, 64)),
    to: outside.port,
    sent: frameFrom(outside, datagram(shared, other, 63)),
  });
  checkExchange(datapath, {
    name: 'its answer',
    from: outside.port,
    received: frameTo(outside, datagram(other, shared, 64)),
    to: inside.port,
    sent: frameFrom(inside, datagram(other, station, 63)),
  });
}

function datagram(source: string, destination: string, ttl: number): Uint8Array {
  const ends = { source, destination };
  const ports = { source: 7000, destination: 7000 };
  return ipv4Packet({ ...ends, protocol: 17, ttl }, udpDatagram(ports, new Uint8Array(32).fill(7), ends));
}

function frameTo({ router, host }: Link, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: router, source: host, etherType: 0x0800 }, packet);
}

function frameFrom({ router, host }: Link, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host, source: router, etherType: 0x0800 }, packet);
}

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  const steps = {
    inputSteps: { [NAT_INPUT_PLACE]: 'nat-input' },
    outputSteps: { [NAT_OUTPUT_PLACE]: 'nat-output' },
  };
  addLink(datapath, inside, station, {});
  addLink(datapath, outside, other, steps);
  datapath.tables<SessionFunctions>(['setNatMax']).setNatMax(MAX_SESSIONS);
  const rules = new RuleTable(datapath.tables<RuleFunctions>(ruleFunctionNames));
  const rule = { iface: outside.id, subnet: parsePrefix('10.0.31.0/24'), replace: parseIpv4(shared) };
  rules.writeSnat('try NAT', outside.id, [rule]);
  rules.setFlags(outside.id, { dnat: false, snat: true });
}

function addLink(datapath: ScratchDatapath, link: Link, host: string, steps: Partial<TrialLink>): void {
  const { id, port, router: mac } = link;
  const station = { nextHop: id, mac: link.host, routes: [`${host}/32`] };
  writeTrialLink(datapath, { id, port, mac, host: station, ...steps });
}
