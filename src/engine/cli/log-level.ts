import type { ArgumentType } from '../../command/argument.ts';
import { quoted, ValueError } from '../../net/value-error.ts';

/** A pattern of logger names and the level that they get. */
export interface LogLevelSetting {
  readonly name: string;
  readonly level: string;
}

// rte_log.h
const levels = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

const expects = `a pattern and a level such as lib.eal:debug, the level one of ${levels.join(', ')}`;

/** Takes PATTERN:LEVEL; the pattern may contain colons itself. */
export const logLevelArgument: ArgumentType<LogLevelSetting> = {
  kind: 'value',
  expects,
  help: 'Which loggers get which level.',
  parse: (text) => {
    const colon = text.lastIndexOf(':');
    const setting = { name: text.slice(0, colon), level: text.slice(colon + 1) };
    if (colon > 0 && levels.includes(setting.level)) return setting;
    throw new ValueError({ expected: expects, received: quoted(text) });
  },
};
