import type { RouterHop, StageStep } from './router-hop.ts';
import type { Hop, PacketWay } from './trace.ts';
import type { WireHop } from './wire-hop.ts';

/** A packet's way for people. */
export function wayText({ from, to, packet, hops, answered }: PacketWay): string {
  return [
    `${from} > ${to}: ${packet}`,
    ...hops.flatMap((hop, index) => ['', ...hopLines(hop, index + 1)]),
    '',
    answered ? 'answered' : 'not answered',
    '',
  ].join('\n');
}

function hopLines(hop: Hop, number: number): readonly string[] {
  if (hop.place === 'router') return routerLines(hop, number);
  if (hop.place === 'wire') return wireLines(hop, number);
  const where = `${number}  ${hop.where}: in the memory of an application, by ${hop.socket}`;
  return hop.isInjected ? [where, `     not sent by it: ${injected}`] : [where];
}

const injected = 'injected into its router, which took it as though it had come from there';

function wireLines({ where, length, headers }: WireHop, number: number): readonly string[] {
  return [`${number}  ${where}: ${length} bytes`, ...headers.map((header) => `     ${header}`)];
}

function routerLines({ node, iface, steps }: RouterHop, number: number): readonly string[] {
  return [
    `${number}  router of ${node}, by ${iface}`,
    ...steps.flatMap((step, index) => stepLines(step, steps[index - 1])),
  ];
}

/** Headers are shown where they are others than before. */
function stepLines(
  { stage, edge, drop, decision, headers }: StageStep,
  before: StageStep | undefined,
): readonly string[] {
  const to = edge === '' ? '' : ` -> ${drop ? 'drop ' : ''}${edge}`;
  const why = decision === '' ? '' : ` (${decision})`;
  const shown =
    headers.join() === before?.headers.join() ? [] : headers.filter((header) => !/^payload /.test(header));
  return [...shown.map((header) => `       ${header}`), `     ${stage}${to}${why}`];
}
