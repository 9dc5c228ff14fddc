/** A function that says where something lies in tables, as a text: what was put in by one is not found by another. */
export interface Placing {
  readonly tables: readonly string[];
  readonly code: string;
}

/**
 * The functions of a file whose comments name tables, `@places TABLE`, with the file's constants that they name. What
 * they call is not looked at: a function that takes part in the answer names the table itself.
 */
export function placingsIn(text: string): readonly Placing[] {
  const constants = [...text.matchAll(/^(?:export )?const (\w+)\b[^;]*;/gm)];
  return [...text.matchAll(PLACING)].map(([, names = '', fn = '']) => {
    const named = constants.filter(([, name]) => new RegExp(`\\b${name}\\b`).test(fn));
    const code = [fn, ...named.map(([line]) => line)].map(withoutComments).join('\n');
    return { tables: names.trim().split(/\s+/), code };
  });
}

/** The end of a comment that names tables, and the function behind it. */
const PLACING =
  /@places ((?:[A-Z][A-Z0-9_]*\s+)+)(?:@inline\s+)?\*\/\n(?:@inline\n)?(?:export )?(function [\s\S]*?\n\})/g;

function withoutComments(code: string): string {
  return code.replace(/\s*\/\/.*$/gm, '').replace(/\s+/g, ' ');
}
