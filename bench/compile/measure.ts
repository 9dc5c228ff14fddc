import type { Objects } from '../../src/features/plan/index.ts';
import { Compiler } from '../../src/programs/operator/compile.ts';
import { median } from '../statistics.ts';
import { makeCluster, nodeName, podOf } from './cluster.ts';
import { type Figures, measuredSize } from './figures.ts';

// Measures in a process of its own, whose memory is nobody else's: node --expose-gc bench/compile/measure.ts
const objects = makeCluster(measuredSize);
const before = heapMebibytes();
const compiler = new Compiler();
const fullMs = timed(() => compiler.compile(objects));
const memoryMebibytes = heapMebibytes() - before;
const figures: Figures = {
  fullMs,
  memoryMebibytes,
  objectsMebibytes: before,
  podMs: median(podChanges(objects).map((changed) => timed(() => compiler.compile(changed)))),
  nodeMs: median(nodeChanges(objects).map((changed) => timed(() => compiler.compile(changed)))),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** A pod comes and one goes, ten times. */
function podChanges(from: Objects): readonly Objects[] {
  const changed: Objects[] = [];
  let attachments = from.attachments;
  for (let count = 0; count < 10; count++) {
    const name = { node: nodeName(count * 17), pod: 40 + count, network: 'default/all', blocks: [] };
    attachments = [...attachments, podOf(name)];
    changed.push({ ...from, attachments });
    attachments = attachments.filter((_, index) => index !== count * 1000);
    changed.push({ ...from, attachments });
  }
  return changed;
}

/** A node goes, and comes back, five times. */
function nodeChanges(from: Objects): readonly Objects[] {
  return Array.from({ length: 5 }, (_, count) => [
    { ...from, nodes: from.nodes.filter((_, index) => index !== count * 99) },
    from,
  ]).flat();
}

function timed(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function heapMebibytes(): number {
  if (globalThis.gc === undefined) throw new Error('expected node --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
