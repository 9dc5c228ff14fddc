import { table } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import type { TroubleJson } from '../host/api/engine_pb.js';
import { timeText } from './time-text.ts';

/** The commands of the router's health. */
export const healthCommands = [
  routerCommand({
    syntax: 'health [show]',
    help: 'Lists what is wrong now: workers that stand still, stages that are off, a build that was not brought back.',
    run: async (_, router) => {
      const { troubles = [] } = await router.call(engineServices.router, 'listTroubles', {});
      return table({ items: troubles, columns: troubleColumns });
    },
  }),
];

const troubleColumns = {
  ABOUT: (item: TroubleJson) => item.about,
  NAME: (item: TroubleJson) => item.name,
  SINCE: (item: TroubleJson) => timeText(item.since_ns),
  TROUBLE: (item: TroubleJson) => item.text,
};
