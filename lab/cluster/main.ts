import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkLine } from '../demo/summary.ts';
import { LabError } from '../lab-error.ts';
import { busyOf, busyText } from './busy.ts';
import { checkLab } from './checks/lab-checks.ts';
import { takeDown } from './down.ts';
import { execIn, pingBetween } from './exec.ts';
import { findPlace } from './place.ts';
import { readRecord, readyRecord } from './record.ts';
import { statusOf, statusText } from './status.ts';
import { readTopology } from './topology.ts';
import { tracePacket } from './trace/trace.ts';
import { wayText } from './trace/trace-text.ts';
import { bringUp } from './up.ts';

/** The words of `--help`. */
export const usage = `Usage: millrace lab COMMAND

Nodes, an underlay and pods on this machine, each in a network namespace of its own, with real routers and agents.

  up [FILE] [--name NAME]     builds the lab of a topology (deploy/lab/three-nodes.yaml); it stays when the command ends
  down [NAME]                 takes it down, and whatever one that was killed has left
  status [--json]             what there is
  busy [SECONDS]              measures what it takes of CPUs
  exec POD COMMAND…           runs a command in a pod, or in the network of a node, of underlay or outside
  ping POD POD [OPTION…]      pings with the options of ping; -6 for IPv6
  trace POD POD [-6] [--json] sends one packet and follows it through wires and routers
  test                        looks whether pods reach whom they are to reach, and nobody else, and how

A pod is NAMESPACE/NAME or, for one of its interfaces, NAMESPACE/NAME:INTERFACE. Where several labs are up, say which:
millrace lab --lab NAME COMMAND.
`;

type Run = (args: readonly string[], lab: string | undefined) => Promise<number>;

const commands: Readonly<Record<string, Run>> = {
  async up(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { name: { type: 'string' } },
      allowPositionals: true,
    });
    const written = readTopology(positionals[0] ?? standard);
    const topology = { ...written, name: values.name ?? written.name };
    await bringUp(topology, (step) => say(`  ${step}\n`));
    return say(
      `the lab ${topology.name} is ready after ${process.uptime().toFixed(1)} s: millrace lab status\n`,
    );
  },

  async down([name], lab) {
    const place = findPlace(name ?? lab);
    await takeDown(place);
    return say(`the lab ${place.lab} is down\n`);
  },

  async status(args, lab) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
    const place = findPlace(lab);
    const record = readRecord(place) ?? readyRecord(place);
    const status = statusOf(place, record);
    return say(values.json ? `${JSON.stringify(status, null, 2)}\n` : statusText(status));
  },

  async busy([seconds = '5'], lab) {
    if (!/^\d+$/.test(seconds) || seconds === '0')
      throw new LabError('LAB_USAGE', `expected a number of seconds, got "${seconds}"`);
    const { processes } = readyRecord(findPlace(lab));
    return say(busyText(await busyOf(processes, Number(seconds))));
  },

  async exec([pod = '', ...command], lab) {
    const place = findPlace(lab);
    return execIn(place, readyRecord(place), pod, command);
  },

  async ping([from = '', to = '', ...options], lab) {
    return pingBetween(readyRecord(findPlace(lab)), from, to, options);
  },

  async trace(args, lab) {
    const options = { json: { type: 'boolean' }, ip6: { type: 'boolean', short: '6' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [from = '', to = ''] = positionals;
    const place = findPlace(lab);
    const way = await tracePacket(place, readyRecord(place), { from, to, isIp6: values.ip6 === true });
    say(values.json ? `${JSON.stringify(way, null, 2)}\n` : wayText(way));
    return way.answered ? 0 : 1;
  },

  async test(_, lab) {
    const place = findPlace(lab);
    const checks = await checkLab({ place, record: readyRecord(place) }, (check) => say(checkLine(check)));
    const passed = checks.filter((check) => check.passed).length;
    say(`\n  ${passed} of ${checks.length} checks passed\n`);
    return passed === checks.length ? 0 : 1;
  },
};

/** Runs `millrace lab`: resolves to its exit status. */
export async function runLab(argv: readonly string[]): Promise<number> {
  try {
    const [lab, words] = argv[0] === '--lab' ? [argv[1], argv.slice(2)] : [undefined, argv];
    const [name = '--help', ...args] = words;
    if (name === '--help' || name === '-h') return say(usage);
    const command = commands[name];
    if (command !== undefined) return await command(args, lab);
    throw new LabError('LAB_USAGE', `expected ${Object.keys(commands).join(', ')} or --help, got "${name}"`);
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

const standard = fileURLToPath(new URL('../../deploy/lab/three-nodes.yaml', import.meta.url));

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
