import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
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
  /** The root; what it logs itself belongs to the component `router`. */
  readonly root: Logger;
  readonly #children = new Map<string, WeakRef<Logger>[]>();
  readonly #levels = new Map<string, Severity>();
  #default: Severity;

  constructor(options: LoggerOptions & { readonly severity?: Severity } = {}, to?: DestinationStream) {
    const { severity = 'info', ...rest } = options;
    this.#default = severity;
    const all: LoggerOptions = {
      ...rest,
      level: pinoLevels[severity],
      onChild: (child) => this.#adopt(child),
    };
    this.root = to ? pino(all, to) : pino(all);
    this.#levels.set(ROOT, severity);
  }

  /** Gives the components and their levels, by name. */
  list(): readonly ComponentLevel[] {
    const levels = [...this.#levels].map(([name, level]) => ({ name, level }));
    return levels.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Sets the level of all components that a pattern matches; returns how many there were. */
  set(pattern: string, level: Severity): number {
    const names = [...this.#levels.keys()].filter((name) => matchesGlob(name, pattern));
    for (const name of names) this.#apply(name, level);
    if (pattern === '*') this.#default = level;
    return names.length;
  }

  #apply(name: string, level: Severity): void {
    this.#levels.set(name, level);
    if (name === ROOT) this.root.level = pinoLevels[level];
    for (const child of this.#children.get(name) ?? []) {
      const logger = child.deref();
      if (logger) logger.level = pinoLevels[level];
    }
  }

  /** A child without a component of its own keeps its parent's, and follows it. */
  #adopt(child: Logger): void {
    const component: unknown = child.bindings().component;
    const name = typeof component === 'string' ? component : ROOT;
    const living = (this.#children.get(name) ?? []).filter((other) => other.deref() !== undefined);
    this.#children.set(name, [...living, new WeakRef(child)]);
    const level = this.#levels.get(name) ?? this.#default;
    this.#levels.set(name, level);
    child.level = pinoLevels[level];
  }
}

/** Tells whether a text names a severity. */
export function isSeverity(text: string): text is Severity {
  return Object.hasOwn(pinoLevels, text);
}

/** All severities, the gravest first. */
export const severities: readonly string[] = [
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
