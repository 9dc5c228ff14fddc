import type { Logger } from 'pino';
import { matchesGlob } from './glob.ts';

/** Severities as operators know them, from syslog (RFC 5424 section 6.2.1). */
export type Severity = keyof typeof pinoLevels;

/** A component's logger and how much it says. */
export interface ComponentLevel {
  readonly name: string;
  readonly level: Severity;
}

/** The router's loggers: one a component (`log.child({ component })`), each with a level that can be changed. */
export class Loggers {
  readonly #loggers = new Map<string, WeakRef<Logger>[]>();
  readonly #levels = new Map<string, Severity>();
  #all: Severity | undefined;

  /** Takes over a root logger; what it logs itself belongs to the component `router`. */
  constructor(root: Logger) {
    root.onChild = (child) => this.#adopt(child);
    this.#loggers.set(ROOT, [new WeakRef(root)]);
    this.#levels.set(ROOT, severityOf(root));
  }

  /** Gives the components and their levels, by name. */
  list(): readonly ComponentLevel[] {
    const levels = [...this.#levels].map(([name, level]) => ({ name, level }));
    return levels.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Sets the level of all components that a pattern matches, `*` also of those to come; returns how many there were. */
  set(pattern: string, level: Severity): number {
    const names = [...this.#levels.keys()].filter((name) => matchesGlob(name, pattern));
    for (const name of names) this.#apply(name, level);
    if (pattern === '*') this.#all = level;
    return names.length;
  }

  #apply(name: string, level: Severity): void {
    this.#levels.set(name, level);
    for (const reference of this.#loggers.get(name) ?? []) {
      const logger = reference.deref();
      if (logger) logger.level = pinoLevels[level];
    }
  }

  /** A child without a component of its own keeps its parent's. */
  #adopt(child: Logger): void {
    const component: unknown = child.bindings().component;
    const name = typeof component === 'string' ? component : ROOT;
    const living = (this.#loggers.get(name) ?? []).filter((other) => other.deref() !== undefined);
    this.#loggers.set(name, [...living, new WeakRef(child)]);
    const level = this.#levels.get(name) ?? this.#all;
    if (level) child.level = pinoLevels[level];
    this.#levels.set(name, level ?? severityOf(child));
  }
}

/** Tells whether a text names a severity. */
export function isSeverity(text: string): text is Severity {
  return Object.hasOwn(pinoLevels, text);
}

/** All severities, the gravest first. */
export const severities: readonly Severity[] = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
];

const ROOT = 'router';

const pinoLevels = {
  emergency: 'fatal',
  alert: 'fatal',
  critical: 'fatal',
  error: 'error',
  warning: 'warn',
  notice: 'info',
  info: 'info',
  debug: 'debug',
} as const;

function severityOf(logger: Logger): Severity {
  if (logger.level === 'trace' || logger.level === 'debug') return 'debug';
  if (logger.level === 'warn') return 'warning';
  if (logger.level === 'error') return 'error';
  return logger.level === 'fatal' ? 'critical' : 'info';
}
