import { addon, control, onUnreportedLog } from './dpdk-addon.ts';
import { checkNumber, checkText } from './dpdk-error.ts';

/** What a part of DPDK logs: level 1 is emergency, 8 debug (rte_log.h). */
export interface DpdkLogLevel {
  readonly name: string;
  readonly level: number;
}

/** Lists the log types of DPDK's libraries and drivers. */
export function dpdkLogLevels(): readonly DpdkLogLevel[] {
  const lines = control((native) => native.logLevels()).matchAll(/^id \d+: (\S+), level is (\w+)$/gm);
  return [...lines].map(([, name = '', word = '']) => ({ name, level: levelWords.indexOf(word) }));
}

/** Sets the level of the log types that a pattern with * and ? matches. @throws DpdkError EINVAL */
export function setDpdkLogLevel(pattern: string, level: number): void {
  const doing = 'set the level of log types';
  checkText(doing, 'the pattern', pattern, 127);
  checkNumber(doing, 'the level', level, { min: 1, max: 8 });
  control((native) => native.logSetLevel(pattern, level));
}

/** Tells what DPDK logs, line by line, beside what errors tell; what it returns ends that. */
export function followDpdkLog(listener: (line: string) => void): () => void {
  const tell = (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') listener(line);
  };
  onUnreportedLog(tell);
  const timer = setInterval(() => tell(addon().logTake()), POLL_MS).unref();
  return () => {
    clearInterval(timer);
    onUnreportedLog(undefined);
  };
}

const levelWords = [
  'disabled',
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
];
const POLL_MS = 500;
