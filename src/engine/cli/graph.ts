import { flag, optional } from '../../command/argument.ts';
import { integer, oneOf, text } from '../../command/argument-types.ts';
import { details, lines } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import { graphviz } from './graphviz.ts';

/** The commands of the graph of stages. */
export const graphCommands = [
  routerCommand({
    syntax: 'graph [show] [(brief|full),layers,compact]',
    help: 'Prints the stages and their edges in the language of graphviz.',
    args: {
      'brief|full': optional(oneOf({ brief: 'Leaves out drops.', full: 'Shows drops too.' })),
      layers: flag('Draws the stages of one layer together.'),
      compact: flag('Leaves out the names of edges and joins those that run in parallel.'),
    },
    run: async (args, router) => {
      const { stages = [], edges = [] } = await router.call(engineServices.graph, 'getGraph', {});
      const view = {
        withDrops: args['brief|full'] === 'full',
        byLayers: args.layers,
        isCompact: args.compact,
      };
      return lines(graphviz({ stages, edges }, view), { stages, edges });
    },
  }),
  routerCommand({
    syntax: 'graph enable STAGE',
    help: 'Switches a stage on again that trapped too often.',
    args: { STAGE: text('One that `health` shows.', { expects: 'the name of a stage' }) },
    run: async ({ STAGE }, router) => {
      await router.call(engineServices.graph, 'enableStage', { stage: STAGE });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'graph config set (vector-max N),(rx-burst-max N)',
    help: 'Limits how many packets are handled at once.',
    args: {
      'vector-max N': optional(integer({ min: 1, max: 1024, help: 'Packets between two stages.' })),
      'rx-burst-max N': optional(integer({ min: 1, max: 1024, help: 'Packets taken from a queue.' })),
    },
    run: async (args, router) => {
      const request = { vector_max: args['vector-max N'], rx_burst_max: args['rx-burst-max N'] };
      await router.call(engineServices.graph, 'setGraphConfig', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'graph config [show]',
    help: 'Shows how many packets are handled at once.',
    run: async (_, router) => {
      const { config } = await router.call(engineServices.graph, 'getGraphConfig', {});
      return details({ ...config });
    },
  }),
];
