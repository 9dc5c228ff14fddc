import { dpdkLogLevels, setDpdkLogLevel } from '../dpdk.ts';
import { matchesGlob } from './glob.ts';
import { type ComponentLevel, type Severity, severities } from './loggers.ts';

/** The loggers of DPDK's libraries and drivers; what they write goes to the router's component `dpdk`. */
export const dpdkLoggers = {
  /** Lists them with their levels. */
  list(): readonly ComponentLevel[] {
    return dpdkLogLevels().map(({ name, level }) => ({ name, level: severities[level - 1] ?? 'emergency' }));
  },

  /** Sets the level of all that a pattern matches; returns how many there were. */
  set(pattern: string, level: Severity): number {
    const matching = dpdkLogLevels().filter(({ name }) => matchesGlob(name, pattern));
    if (matching.length > 0) setDpdkLogLevel(pattern, severities.indexOf(level) + 1);
    return matching.length;
  },
};
