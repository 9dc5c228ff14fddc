// OpenMetrics 1.0 text format (the Internet-Draft draft-ietf-opsawg-openmetrics has its grammar).

/** Samples of one name that belong together. */
export interface MetricFamily {
  /** Without the suffix `_total`; with a unit it ends in `_UNIT`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'info';
  readonly help: string;
  readonly unit?: string;
  readonly samples: Iterable<Sample>;
}

/** One value with what tells it from the others of its family. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number | bigint;
}

/** The type under which the text is served. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Writes families as text. @throws RangeError for two families of one name, which no reader takes */
export function writeMetrics(families: Iterable<MetricFamily>): string {
  const names = new Set<string>();
  const texts: string[] = [];
  for (const family of families) {
    if (names.has(family.name)) throw new RangeError(`metrics: two families are named ${family.name}`);
    names.add(family.name);
    texts.push(familyText(family));
  }
  return `${texts.join('')}# EOF\n`;
}

const suffixes = { counter: '_total', gauge: '', info: '_info' } as const;

function familyText({ name, type, help, unit, samples }: MetricFamily): string {
  const lines = [`# TYPE ${name} ${type}`];
  if (unit !== undefined) lines.push(`# UNIT ${name} ${unit}`);
  lines.push(`# HELP ${name} ${escaped(help)}`);
  for (const { labels = {}, value } of samples) {
    lines.push(`${name}${suffixes[type]}${labelsText(labels)} ${numberText(value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelsText(labels: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function numberText(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
