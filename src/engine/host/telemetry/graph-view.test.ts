import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewGraph } from './graph-view.ts';
import { openSampleBench, sampleDispatch } from './testing/sample-bench.ts';

test('the graph shows own edges and those that features have registered', async () => {
  const { source } = await openSampleBench();
  const dispatch = [...sampleDispatch, { table: 'sample-types', key: '0x0101', stage: 'sample-route' }];
  const { stages, edges } = viewGraph(source.info, dispatch);
  assert.deepEqual(
    edges.map((edge) => `${edge.from} > ${edge.to} ${edge.table} ${edge.keys}`.trim()),
    [
      'sample-receive > sample-input',
      'sample-input > sample-short',
      'sample-input > sample-type',
      'sample-input > sample-route sample-types 0x0101,0x0800',
      'sample-route > sample-output',
      'sample-route > sample-ttl',
      'sample-output > sent',
      'sample-output > sample-headroom',
    ],
  );
  const kinds = new Map(stages.map((stage) => [stage.name, `${stage.kind} ${stage.layer}`.trim()]));
  assert.equal(kinds.get('sample-route'), 'stage testing');
  assert.equal(kinds.get('sent'), 'ending');
  assert.equal(kinds.get('sample-ttl'), 'drop');
});
