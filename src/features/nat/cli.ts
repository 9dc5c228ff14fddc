import { isDeepStrictEqual } from 'node:util';
import { optional, type Values } from '../../command/argument.ts';
import { integer, ip4, prefix } from '../../command/argument-types.ts';
import { details, table } from '../../command/output.ts';
import { gone, there } from '../../engine/client/again.ts';
import { percent } from '../../engine/client/counter.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { interfaceName, vrfName } from '../interface/cli-arguments.ts';
import { LONGEST_TIMEOUT_S } from './conntrack-config.ts';
import { MAX_SESSIONS } from './layout.ts';
import type { ConntrackService, Dnat44Json, NatService, SessionJson, Snat44Json } from './nat_pb.js';

const nat = serviceRef<typeof NatService>('millrace.nat.v1.NatService');
const conntrack = serviceRef<typeof ConntrackService>('millrace.nat.v1.ConntrackService');

const translating = () => interfaceName('The interface on which addresses are translated.');

const dnatCommands = [
  routerCommand({
    syntax: 'dnat44 add interface IFACE destination DESTINATION replace REPLACE',
    help: 'Lets an address stand for a station inside, for all that comes in by an interface and answers there.',
    args: {
      IFACE: translating(),
      DESTINATION: ip4('The address that is spoken to.'),
      REPLACE: ip4('The station inside that gets it.'),
    },
    run: async ({ IFACE, DESTINATION, REPLACE }, router) => {
      await router.call(nat, 'addDnat44', {
        interface: IFACE,
        destination: formatAddress(DESTINATION),
        replace: formatAddress(REPLACE),
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'dnat44 del interface IFACE destination DESTINATION',
    help: 'Lets an address stand for itself again.',
    args: { IFACE: translating(), DESTINATION: ip4('The address that is spoken to.') },
    run: async ({ IFACE, DESTINATION }, router) => {
      const destination = formatAddress(DESTINATION);
      return gone(router.call(nat, 'deleteDnat44', { interface: IFACE, destination }));
    },
  }),
  routerCommand({
    syntax: 'dnat44 [show] [vrf VRF]',
    help: 'Lists addresses that stand for stations inside.',
    args: { VRF: optional(vrfName('Only those on interfaces of this VRF.')) },
    run: async ({ VRF }, router) => {
      const { rules = [] } = await router.call(nat, 'listDnat44', { vrf: VRF });
      return table({ items: rules, columns: dnatColumns });
    },
  }),
];

const snatArguments = {
  IF: translating(),
  'IP4/LEN': prefix('The sources that get another address.'),
  REPLACE: ip4('The address that they get.'),
};

const snatCommands = [
  routerCommand({
    syntax: 'snat44 add interface IF subnet IP4/LEN replace REPLACE',
    help: 'Gives what leaves by an interface from a subnet one address; answers find their way back.',
    args: snatArguments,
    run: (args, router) => {
      const rule = snatOf(args);
      return there(router.call(nat, 'addSnat44', rule), async () => {
        const { rules = [] } = await router.call(nat, 'listSnat44', {});
        return rules.some((each) => isDeepStrictEqual({ ...each }, rule));
      });
    },
  }),
  routerCommand({
    syntax: 'snat44 del interface IF subnet IP4/LEN replace REPLACE',
    help: 'Lets sources keep their addresses again, and ends the sessions of the interface.',
    args: snatArguments,
    run: (args, router) => gone(router.call(nat, 'deleteSnat44', snatOf(args))),
  }),
  routerCommand({
    syntax: 'snat44 [show]',
    help: 'Lists subnets whose sources get another address.',
    run: async (_, router) => {
      const { rules = [] } = await router.call(nat, 'listSnat44', {});
      return table({ items: rules, columns: snatColumns });
    },
  }),
];

const seconds = (help: string) =>
  optional(integer({ min: 1, max: LONGEST_TIMEOUT_S, help: `Seconds after which ${help} is given up.` }));

const conntrackCommands = [
  routerCommand({
    syntax: 'conntrack [show]',
    help: 'Lists sessions, each by both of its ways.',
    run: async (_, router, { signal }) => {
      const batches = router.stream(conntrack, 'listSessions', {}, { signal });
      return table({ items: itemsOf(batches), columns: sessionColumns });
    },
  }),
  routerCommand({
    syntax: 'conntrack flush',
    help: 'Ends all sessions.',
    run: async (_, router) => {
      await router.call(conntrack, 'flushSessions', {});
      return undefined;
    },
  }),
  routerCommand({
    syntax:
      'conntrack config set (max N),(closed-timeout CLOSED),(new-timeout NEW),(established-udp-timeout UDP),(established-tcp-timeout TCP),(half-close-timeout HALF),(time-wait-timeout WAIT)',
    help: 'Changes how many sessions there may be, and how long they last without packets; all or none.',
    args: {
      N: optional(integer({ min: 1, max: MAX_SESSIONS, help: 'The largest number of sessions.' })),
      CLOSED: seconds('a connection that was reset'),
      NEW: seconds('what nobody has answered'),
      UDP: seconds('an exchange of datagrams or pings'),
      TCP: seconds('a connection'),
      HALF: seconds('a connection that one end has closed'),
      WAIT: seconds('a connection that both ends have closed'),
    },
    run: async ({ N, CLOSED, NEW, UDP, TCP, HALF, WAIT }, router) => {
      const config = {
        max: N,
        closed_timeout: CLOSED,
        new_timeout: NEW,
        established_udp_timeout: UDP,
        established_tcp_timeout: TCP,
        half_close_timeout: HALF,
        time_wait_timeout: WAIT,
      };
      await router.call(conntrack, 'setConntrackConfig', { config });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'conntrack config [show]',
    help: 'Shows how many sessions there may be, and are, and how long they last without packets.',
    run: async (_, router) => {
      const { config = {}, used } = await router.call(conntrack, 'getConntrackConfig', {});
      const { max, ...timeouts } = config;
      const named = Object.entries(timeouts).map(([name, value]) => [name.replaceAll('_', '-'), value]);
      return details({ used, used_percent: percent(used, max), max, ...Object.fromEntries(named) });
    },
  }),
];

/** The commands of NAT and its sessions. */
export const natCommands = [...dnatCommands, ...snatCommands, ...conntrackCommands];

function snatOf(args: Values<typeof snatArguments>) {
  return {
    interface: args.IF,
    subnet: formatPrefix(args['IP4/LEN']),
    replace: formatAddress(args.REPLACE),
  };
}

async function* itemsOf(batches: AsyncIterable<{ readonly sessions?: readonly SessionJson[] }>) {
  for await (const { sessions = [] } of batches) yield* sessions;
}

const dnatColumns = {
  INTERFACE: (rule: Dnat44Json) => rule.interface,
  VRF: (rule: Dnat44Json) => rule.vrf,
  DESTINATION: (rule: Dnat44Json) => rule.destination,
  REPLACE: (rule: Dnat44Json) => rule.replace,
};

const snatColumns = {
  INTERFACE: (rule: Snat44Json) => rule.interface,
  SUBNET: (rule: Snat44Json) => rule.subnet,
  REPLACE: (rule: Snat44Json) => rule.replace,
};

const sessionColumns = {
  IFACE: (session: SessionJson) => session.iface,
  ID: (session: SessionJson) => session.id,
  STATE: (session: SessionJson) => session.state,
  FLOW: (session: SessionJson) => session.flow,
  SRC: (session: SessionJson) => session.src,
  DST: (session: SessionJson) => session.dst,
  PROTO: (session: SessionJson) => session.proto,
  SPORT: (session: SessionJson) => session.sport,
  DPORT: (session: SessionJson) => session.dport,
  LAST_UPDATE: (session: SessionJson) => session.last_update,
};
