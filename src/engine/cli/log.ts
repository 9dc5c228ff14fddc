import { flag, repeated } from '../../command/argument.ts';
import { oneOf } from '../../command/argument-types.ts';
import { table } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import type { LogLevelJson } from '../host/api/engine_pb.js';
import { logLevelArgument } from './log-level.ts';

/** The commands of the router's log. */
export const logCommands = [
  routerCommand({
    syntax: 'log packets enable|disable',
    help: 'Logs the way of every packet, or stops doing so.',
    args: { 'enable|disable': oneOf({ enable: 'Logs every packet.', disable: 'Logs no packets.' }) },
    run: async (args, router) => {
      const request = { enabled: args['enable|disable'] === 'enable' };
      await router.call(engineServices.log, 'setPacketLog', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'log level set PATTERN:LEVEL+',
    help: 'Changes what is logged, logger by logger.',
    args: { 'PATTERN:LEVEL': repeated(logLevelArgument) },
    run: async (args, router) => {
      await router.call(engineServices.log, 'setLogLevels', { levels: args['PATTERN:LEVEL'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'log level [show] [all]',
    help: 'Lists what is logged, logger by logger.',
    args: { all: flag('Includes the loggers of DPDK and its drivers.') },
    run: async ({ all }, router) => {
      const { levels = [] } = await router.call(engineServices.log, 'listLogLevels', { all });
      return table({ items: levels, columns: levelColumns });
    },
  }),
];

const levelColumns = {
  NAME: (item: LogLevelJson) => item.name,
  LEVEL: (item: LogLevelJson) => item.level,
};
