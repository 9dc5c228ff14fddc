import type { Answer } from './answers.ts';

export interface Difference {
  readonly line: string;
  /** What differs, and how. */
  readonly text: string;
}

/**
 * Where a script for theirs would find ours different: a line succeeds there alone, or its JSON has keys that ours has
 * not. What succeeds here alone, and what ours has beside, is no difference.
 */
export function differences(answers: {
  readonly lines: readonly string[];
  readonly theirs: readonly Answer[];
  readonly ours: readonly Answer[];
}): readonly Difference[] {
  return answers.lines.flatMap((line, i) => {
    const [their, our] = [answers.theirs[i], answers.ours[i]];
    const text = their && our && difference(their, our);
    return text ? [{ line, text }] : [];
  });
}

function difference(their: Answer, our: Answer): string | undefined {
  if (!their.succeeds) return undefined;
  if (!our.succeeds) return `refused here: ${our.text.slice(our.text.indexOf('{')).trim()}`;
  if (their.json === undefined) return undefined;
  if (Array.isArray(their.json) !== Array.isArray(our.json)) return 'one is a list, the other is not';
  const keys = keysOf(our.json);
  const missing = [...keysOf(their.json)].filter((key) => !keys.has(key));
  const nothingToCompare = Array.isArray(our.json) && our.json.length === 0;
  return missing.length === 0 || nothingToCompare
    ? undefined
    : `keys that ours has not: ${missing.join(', ')}`;
}

function keysOf(json: unknown): Set<string> {
  const objects = Array.isArray(json) ? json : [json];
  return new Set(objects.flatMap((each) => Object.keys(Object(each))));
}
