import ts from 'typescript';
import { expectedBehind } from './expectations.ts';
import { type FastWay, fast, giveUp, goOn, goOnTo } from './fast-names.ts';
import { functionNamed, type Stage } from './stages.ts';

// The copies of stages on the fast way (fast-way.ts), as text.

/** Adds the fast copies of a stage, one for each way it is on, to its module's text; `graphModule` is the generated graph as the module imports it. */
export function addFastCopies(
  stage: Stage,
  text: string,
  { ways, graphModule }: { readonly ways: readonly FastWay[]; readonly graphModule: string },
): string {
  const source = ts.createSourceFile(stage.file, text, ts.ScriptTarget.Latest, true);
  const found = functionNamed(source, stage.functionName);
  if (!found?.body) throw new Error(`stage ${stage.name}: its function has no body`);
  const { body } = found;
  const names = ways.flatMap((way) => {
    const { asks, met, learns } = expectedBehind(way, stage) ?? {};
    return [goOn(way, stage), goOnTo(way, stage), giveUp(way, stage), asks, met, learns].filter(Boolean);
  });
  const copies = ways.map(
    (way) =>
      `/** Generated: the same on the fast way. @inline */
export function ${fast(way, stage)}(packet: Packet): u32 ${rewriteReturns({ way, stage, body, text })}`,
  );
  return [`import { ${names.join(', ')} } from '${graphModule}';`, text, ...copies, ''].join('\n');
}

interface Copied {
  readonly way: FastWay;
  readonly stage: Stage;
  readonly body: ts.Block;
  readonly text: string;
}

/** The body of a stage's function with its last statement's `return` going on, and every other giving up; what is foreseen is true. */
function rewriteReturns({ way, stage, body, text }: Copied): string {
  const last = body.statements.at(-1);
  if (!last || !ts.isReturnStatement(last)) throw new Error(`stage ${stage.name}: it must end in a return`);
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (node === last) {
      edits.push({
        start: node.getStart(),
        end: node.getEnd(),
        text: continuations(way, stage, last),
      });
    } else if (ts.isReturnStatement(node)) {
      edits.push({
        start: node.getStart(),
        end: node.getEnd(),
        text: `return ${giveUp(way, stage)}(packet);`,
      });
    } else if (way.foreseenTo && ts.isCallExpression(node) && node.expression.getText() === 'isForeseen') {
      edits.push({ start: node.getStart(), end: node.getEnd(), text: 'true' });
    } else if (node !== body && ts.isBlock(node) && node.statements.some(ts.isReturnStatement)) {
      edits.push({
        start: node.getStart(),
        end: node.getEnd(),
        text: `{ return ${giveUp(way, stage)}(packet); }`,
      });
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(body);
  let at = body.getStart();
  const parts: string[] = [];
  for (const edit of edits) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...parts, text.slice(at, body.getEnd())].join('');
}

/** Goes on once for packets that have what is expected behind the stage, and once for others, if something is. */
function continuations(way: FastWay, stage: Stage, last: ts.ReturnStatement): string {
  const goes = `return ${continuation(way, stage, last)};`;
  const expected = expectedBehind(way, stage);
  if (!expected) return goes;
  const { asks, met, learns } = expected;
  return `if (${asks}(packet)) { ${met}(packet); ${goes} }\n  ${learns}(packet);\n  ${goes}`;
}

/** What the fast copy does where the stage returns an edge, or `NODE_BIT | node`: then the node need not be marked. */
function continuation(way: FastWay, stage: Stage, { expression }: ts.ReturnStatement): string {
  const marked =
    expression && ts.isBinaryExpression(expression) && expression.left.getText() === 'NODE_BIT'
      ? expression.right
      : undefined;
  const onward = marked ? goOnTo(way, stage) : goOn(way, stage);
  return `${onward}(${(marked ?? expression)?.getText()}, packet)`;
}
