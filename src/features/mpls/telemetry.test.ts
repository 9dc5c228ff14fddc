import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Metrics } from '../../engine/host/telemetry/metrics.ts';
import { showLabels } from './telemetry.ts';
import { MplsStory } from './testing/mpls-story.ts';

it('labels are counted by what they lead to', async () => {
  const { labels, counters } = await MplsStory.begin();
  labels.add(100, { type: 'vrf', vrf: 3 });
  labels.add(101, { type: 'vrf', vrf: 3 });
  labels.add(102, { type: 'iface', iface: 7, controlWord: false });
  const metrics = new Metrics();
  showLabels({ metrics }, { labels, counters });
  const lines = metrics.collect().split('\n');
  assert.deepEqual(
    lines.filter((line) => line.startsWith('millrace_labels{')),
    [
      'millrace_labels{type="vrf"} 2',
      'millrace_labels{type="nexthop"} 0',
      'millrace_labels{type="swap"} 0',
      'millrace_labels{type="iface"} 1',
    ],
  );
});
