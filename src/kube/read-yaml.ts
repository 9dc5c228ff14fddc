import { type Document, LineCounter, parseAllDocuments } from 'yaml';

/** One document of a YAML text, or why it is none, with the line it starts at. */
export type YamlDocument =
  | { readonly line: number; readonly value: unknown; readonly reason?: undefined }
  | { readonly line: number; readonly value?: undefined; readonly reason: string };

// An alias may stand for a tree of aliases: a few lines would become gigabytes.
const mostAliases = 100;

/** Reads a text of YAML documents; what is wrong with one does not touch the others. Empty ones are left out. */
export function readYaml(text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: true });
  return [...documents]
    .map((document) => readDocument(document, lines))
    .filter(({ value }) => value !== null);
}

function readDocument(document: Document, lines: LineCounter): YamlDocument {
  const { line } = lines.linePos(document.contents?.range?.[0] ?? document.range?.[0] ?? 0);
  const [error] = document.errors;
  if (error !== undefined) return { line, reason: `expected YAML, got ${firstLine(error.message)}` };
  try {
    return { line, value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (cause) {
    return {
      line,
      reason: `expected YAML, got ${firstLine(cause instanceof Error ? cause.message : String(cause))}`,
    };
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
