import { optional } from '../../command/argument.ts';
import { integer, ip } from '../../command/argument-types.ts';
import { CommandFailure } from '../../command/failure.ts';
import { details, lines, type Output } from '../../command/output.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { interfaceName, vrfName } from '../interface/cli-arguments.ts';
import type { IcmpService, PingResponseJson, TracerouteResponseJson } from './ip_pb.js';
import { pingLine, pingSummary } from './ping-text.ts';
import { hopLine } from './traceroute-text.ts';

const icmp = serviceRef<typeof IcmpService>('millrace.ip.v1.IcmpService');

const common = {
  IP: ip('The destination.'),
  VRF: optional(vrfName('The VRF to send from; main otherwise.')),
  IFACE: optional(interfaceName('The interface to send from, which a link-local destination needs.')),
  'ident N': optional(integer({ max: 65535, help: 'The identifier of the echo requests.' })),
};

/** The commands of ICMP: ping, traceroute, and how many errors the router sends. */
export const pingCommands = [
  routerCommand({
    syntax: 'ping IP [(vrf VRF),(count N),(delay MS),(iface IFACE),(ident N)]',
    help: 'Sends echo requests until Ctrl-C, and shows what comes back.',
    args: {
      ...common,
      'count N': optional(integer({ min: 1, help: 'Ends after so many requests.' })),
      MS: optional(integer({ min: 1, help: 'Milliseconds between two requests; 1000 otherwise.' })),
    },
    run: (args, router, { signal }) => {
      const request = { ...requestOf(args), count: args['count N'], delay_ms: args.MS };
      return showPing(request.destination, router.stream(icmp, 'ping', request, { signal }));
    },
  }),
  routerCommand({
    syntax: 'traceroute IP [(vrf VRF),(iface IFACE),(ident N)]',
    help: 'Shows the routers on the way to a destination.',
    args: common,
    run: (args, router, { signal }) => {
      const request = requestOf(args);
      return showHops(request.destination, router.stream(icmp, 'traceroute', request, { signal }));
    },
  }),
  routerCommand({
    syntax: 'icmp config set (rate N),(burst N)',
    help: 'Limits the ICMP errors that the router sends.',
    args: {
      'rate N': optional(integer({ help: 'Errors a second.' })),
      'burst N': optional(integer({ help: 'Errors at once.' })),
    },
    run: async (args, router) => {
      await router.call(icmp, 'setIcmpConfig', { rate: args['rate N'], burst: args['burst N'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'icmp config [show]',
    help: 'Shows how many ICMP errors the router sends.',
    run: async (_, router) => details({ ...(await router.call(icmp, 'getIcmpConfig', {})).config }),
  }),
];

function requestOf(args: {
  readonly IP: Parameters<typeof formatAddress>[0];
  readonly VRF: string | undefined;
  readonly IFACE: string | undefined;
  readonly 'ident N': number | undefined;
}) {
  return {
    destination: formatAddress(args.IP),
    vrf: args.VRF,
    iface: args.IFACE,
    ident: args['ident N'],
  };
}

async function* showPing(
  destination: string,
  answers: AsyncIterable<PingResponseJson>,
): AsyncGenerator<Output> {
  const seen: PingResponseJson[] = [];
  for await (const answer of answers) {
    const title = seen.length === 0 ? [`PING ${destination}`] : [];
    seen.push(answer);
    yield lines([...title, pingLine(answer, destination)], answer);
  }
  const { text, json } = pingSummary(destination, seen);
  yield lines(text, json);
  if (seen.some((answer) => answer.result === 'reply')) return;
  throw new CommandFailure({
    code: 'ETIMEDOUT',
    detail: `pinging ${destination}: expected a reply, got none to ${seen.length} requests`,
  });
}

async function* showHops(
  destination: string,
  probes: AsyncIterable<TracerouteResponseJson>,
): AsyncGenerator<Output> {
  yield lines([`traceroute to ${destination}`], { destination });
  let hop: TracerouteResponseJson[] = [];
  for await (const probe of probes) {
    if (hop[0] !== undefined && hop[0].hop !== probe.hop) {
      yield hopOutput(hop);
      hop = [];
    }
    hop.push(probe);
  }
  if (hop.length > 0) yield hopOutput(hop);
}

function hopOutput(probes: readonly TracerouteResponseJson[]): Output {
  const json = probes.map(({ hop: _, ...probe }) => probe);
  return lines([hopLine(probes)], { hop: probes[0]?.hop, probes: json });
}
