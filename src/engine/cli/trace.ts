import { optional } from '../../command/argument.ts';
import { integer, oneOf } from '../../command/argument-types.ts';
import { type JsonObject, lines } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import type {
  FollowTracesResponseJson,
  TracedPacketJson,
  TraceHeaderJson,
  TraceStepJson,
} from '../host/api/engine_pb.js';
import type { InterfaceArgument } from './interface-argument.ts';
import { timeText } from './time-text.ts';

/** Gives the commands of packet traces. */
export const traceCommands = (interfaceName: InterfaceArgument) => [
  routerCommand({
    syntax: 'trace enable|disable all|(iface IFACE)',
    help: 'Starts or stops tracing the packets that interfaces receive.',
    args: {
      'enable|disable': oneOf({ enable: 'Starts.', disable: 'Stops.' }),
      IFACE: optional(interfaceName('Only this interface.')),
    },
    run: async (args, router) => {
      const request = { iface: args.IFACE, enabled: args['enable|disable'] === 'enable' };
      await router.call(engineServices.trace, 'setTrace', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'trace show [count N]',
    help: 'Shows the way of the newest traced packets through the stages.',
    args: { N: optional(integer({ min: 1, help: 'So many packets; 10 otherwise.' })) },
    run: async ({ N }, router) => {
      const { packets = [] } = await router.call(engineServices.trace, 'listTraces', { count: N });
      return lines(packets.flatMap(packetLines), packets.map(packetJson));
    },
  }),
  routerCommand({
    syntax: 'trace follow [(iface IFACE),(count N)]',
    help: 'Traces packets and shows them as they pass, until Ctrl-C; then none leaves a trace for it.',
    args: {
      IFACE: optional(interfaceName('Only this interface.')),
      'count N': optional(integer({ min: 1, help: 'Ends after so many packets.' })),
    },
    run: ({ IFACE, 'count N': count }, router, { signal }) => {
      const messages = router.stream(engineServices.trace, 'followTraces', { iface: IFACE }, { signal });
      return packetsOf(messages, count ?? Number.POSITIVE_INFINITY);
    },
  }),
  routerCommand({
    syntax: 'trace clear',
    help: 'Forgets the traced packets.',
    run: async (_, router) => {
      await router.call(engineServices.trace, 'clearTraces', {});
      return undefined;
    },
  }),
];

async function* packetsOf(messages: AsyncIterable<FollowTracesResponseJson>, most: number) {
  let count = 0;
  for await (const { packets = [] } of messages) {
    for (const packet of packets) {
      yield lines(packetLines(packet), packetJson(packet));
      count += 1;
      if (count >= most) return;
    }
  }
}

function packetLines(packet: TracedPacketJson): readonly string[] {
  const { time_ns, cpu_id, iface, length, steps = [] } = packet;
  return [`${timeText(time_ns)} cpu ${cpu_id} ${iface} ${length} bytes`, ...steps.flatMap(stepLines)];
}

function stepLines(step: TraceStepJson): readonly string[] {
  const { stage, edge = '', drop = false, headers = [], decision = '' } = step;
  const why = decision === '' ? '' : ` (${decision})`;
  const to = edge === '' ? '' : ` -> ${drop ? 'drop ' : ''}${edge}`;
  return [`  ${stage}${to}${why}`, ...headers.map((header) => `    ${headerText(header)}`)];
}

function headerText({ name = '', fields = [], text = '' }: TraceHeaderJson): string {
  if (text !== '') return text.startsWith(name) ? text : `${name} ${text}`;
  return [name, ...fields.map((field) => `${field.name}=${field.value}`)].join(' ');
}

function packetJson({ steps = [], ...packet }: TracedPacketJson): JsonObject {
  return { ...packet, steps: steps.map(stepJson) };
}

function stepJson({ headers = [], ...step }: TraceStepJson): JsonObject {
  const decoded = headers.map(({ name: header = '', fields = [] }) => ({
    name: header,
    ...Object.fromEntries(fields.map((field) => [field.name ?? '', field.value])),
  }));
  return { ...step, headers: decoded };
}
