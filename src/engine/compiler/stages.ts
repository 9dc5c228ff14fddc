import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';

/** One way out of a stage, as its file declares it in `enum Edge`. */
export interface Edge {
  /** Name of the stage or ending it leads to, or of the drop. */
  readonly to: string;
  readonly drop: boolean;
  readonly doc: string;
}

/** A stage as its file tells it: the name is the file's, the edges are the members of its `enum Edge`. */
export interface Stage {
  readonly name: string;
  readonly file: string;
  readonly functionName: string;
  readonly doc: string;
  readonly edges: readonly Edge[];
  /** Dispatch tables the stage takes further nodes from, named by `@table` in its doc comment. */
  readonly tables: readonly string[];
  /** The folder the stage's datapath belongs to: its feature's name. */
  readonly layer: string;
  /** Whether packets come to it with their Ethernet header in front (`@frame`), and not what follows it. */
  readonly takesFrames: boolean;
  /** The field that most packets of a burst have in common when they come to it (`@expects`). */
  readonly expects: string | undefined;
}

/** Reads the files of a list of stages; paths are relative to `root`, without `.ts`. */
export function readListed({
  root,
  stages,
}: {
  readonly root: string;
  readonly stages: readonly string[];
}): readonly Stage[] {
  return stages.map((path) => readStage(join(root, `${path}.ts`)));
}

/**
 * Reads a stage's file: `NAME.ts` exports a function of the same name in camelCase, and `enum Edge` where it
 * has edges of its own. A member FOO_BAR leads to stage `foo-bar`; DROP_FOO_BAR is the drop `foo-bar`.
 */
export function readStage(file: string): Stage {
  const name = basename(file, '.ts');
  const functionName = camelCase(name);
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const declared = functionNamed(source, functionName);
  if (!declared)
    throw new Error(`stage ${name}: ${file} must export a function ${functionName}(packet: Packet): u32`);
  const edges = source.statements.find(
    (statement): statement is ts.EnumDeclaration =>
      ts.isEnumDeclaration(statement) && statement.name.text === 'Edge',
  );
  return {
    name,
    file,
    functionName,
    doc: docOf(declared),
    edges: edges ? edges.members.map(readEdge) : [],
    tables: tagsOf(declared, 'table'),
    layer: basename(dirname(dirname(file))),
    takesFrames: tagsOf(declared, 'frame').length > 0,
    expects: tagsOf(declared, 'expects')[0],
  };
}

/** Finds a function that a file declares. */
export function functionNamed(source: ts.SourceFile, name: string): ts.FunctionDeclaration | undefined {
  return source.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) && statement.name?.text === name,
  );
}

/** ip4-input → ip4Input */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function readEdge(member: ts.EnumMember): Edge {
  const words = member.name.getText().toLowerCase().replaceAll('_', '-');
  const drop = words.startsWith('drop-');
  return { to: drop ? words.slice('drop-'.length) : words, drop, doc: docOf(member) };
}

function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return comments
    .map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? '')
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function tagsOf(node: ts.Node, tag: string): string[] {
  return ts
    .getJSDocTags(node)
    .filter((found) => found.tagName.text === tag)
    .map((found) => (ts.getTextOfJSDocComment(found.comment) ?? '').trim());
}
