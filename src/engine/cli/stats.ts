import { flag, optional } from '../../command/argument.ts';
import { integer, oneOf, text } from '../../command/argument-types.ts';
import { CommandFailure } from '../../command/failure.ts';
import { details, type Output, table } from '../../command/output.ts';
import { counter, ratio } from '../client/counter.ts';
import { engineServices } from '../client/engine-services.ts';
import type { RouterClient } from '../client/router-client.ts';
import { routerCommand } from '../client/router-command.ts';
import type { DeviceStatJson, StageStatsJson } from '../host/api/engine_pb.js';
import { globPattern } from './glob.ts';

/** The commands of counters. */
export const statsCommands = [
  routerCommand({
    syntax: 'stats reset',
    help: 'Sets all counters to zero.',
    run: async (_, router) => {
      await router.call(engineServices.stats, 'resetStats', {});
      return undefined;
    },
  }),
  routerCommand({
    syntax:
      'stats [show] [(software|hardware),brief,zero,(pattern GLOB),(cpu N),(order name|packets|graph|cycles)]',
    help: 'Lists what every stage did, or the counters of the devices.',
    args: {
      'software|hardware': optional(
        oneOf({ software: 'The stages of the packet path.', hardware: 'The devices.' }),
      ),
      brief: flag('Only packets.'),
      zero: flag('Includes what has counted nothing.'),
      GLOB: optional(text('Only names that match a pattern with * and ?.')),
      N: optional(integer({ max: 65535, help: 'Only what this CPU did.' })),
      'order name|packets|graph|cycles': optional(
        oneOf({
          name: 'By name.',
          packets: 'Most packets first.',
          graph: 'As packets pass them.',
          cycles: 'Most cycles first.',
        }),
      ),
    },
    run: async (args, router) => {
      const view = {
        isBrief: args.brief,
        includesZero: args.zero,
        pattern: globPattern(args.GLOB ?? '*'),
        cpu: args.N,
        order: args['order name|packets|graph|cycles'],
      };
      return args['software|hardware'] === 'hardware' ? showDevices(router, view) : showStages(router, view);
    },
  }),
];

interface View {
  readonly isBrief: boolean;
  readonly includesZero: boolean;
  readonly pattern: RegExp;
  readonly cpu: number | undefined;
  readonly order: 'name' | 'packets' | 'graph' | 'cycles' | undefined;
}

async function showStages(router: RouterClient, view: View): Promise<Output> {
  const { stats = [] } = await router.call(engineServices.stats, 'listStageStats', { cpu: view.cpu });
  const items = stats
    .map(stageRow)
    .filter((row) => view.pattern.test(row.node) && (view.includesZero || row.batches + row.packets > 0n))
    .sort(stageOrders[view.order ?? 'graph']);
  if (!view.isBrief) return table({ items, columns: stageColumns });
  return details(Object.fromEntries(items.map(({ node, packets }) => [node, packets])));
}

type StageRow = ReturnType<typeof stageRow>;

function stageRow({ node = '', position = 0, ...counters }: StageStatsJson) {
  return {
    node,
    position,
    batches: counter(counters.batches),
    packets: counter(counters.packets),
    cycles: counter(counters.cycles),
  };
}

const stageOrders: Readonly<Record<string, (left: StageRow, right: StageRow) => number>> = {
  name: (left, right) => left.node.localeCompare(right.node),
  packets: (left, right) => Number(right.packets - left.packets),
  graph: (left, right) => left.position - right.position,
  cycles: (left, right) => Number(right.cycles - left.cycles),
};

const stageColumns = {
  NODE: (row: StageRow) => row.node,
  BATCHES: (row: StageRow) => row.batches,
  PACKETS: (row: StageRow) => row.packets,
  'PKTS/BATCH': (row: StageRow) => ratio(row.packets, row.batches, 1),
  'CYCLES/BATCH': (row: StageRow) => ratio(row.cycles, row.batches, 1),
  'CYCLES/PKT': (row: StageRow) => ratio(row.cycles, row.packets, 1),
};

async function showDevices(router: RouterClient, view: View): Promise<Output> {
  if (view.cpu !== undefined) throw notOfDevices(`cpu ${view.cpu}`, 'no CPU, which devices do not count by');
  if (view.order === 'cycles') throw notOfDevices('order cycles', 'order name, packets or graph');
  const { stats = [] } = await router.call(engineServices.stats, 'listDeviceStats', {});
  const items = stats
    .map(({ iface = '', name = '', value }) => ({ iface, name, value: counter(value) }))
    .filter((row) => view.pattern.test(row.name) && (view.includesZero || row.value > 0n));
  const named = sortDevices(items, view).map(({ iface, name, value }) => [`${iface}.${name}`, value]);
  return details(Object.fromEntries(named));
}

type DeviceRow = Required<Omit<DeviceStatJson, 'value'>> & { readonly value: bigint };

function sortDevices(rows: readonly DeviceRow[], { order }: View): readonly DeviceRow[] {
  if (order === 'name') return rows.toSorted((left, right) => left.name.localeCompare(right.name));
  if (order === 'packets') return rows.toSorted((left, right) => Number(right.value - left.value));
  return rows;
}

function notOfDevices(received: string, expected: string): CommandFailure {
  return new CommandFailure({
    code: 'EINVAL',
    detail: `showing hardware counters: expected ${expected}, got ${received}`,
  });
}
