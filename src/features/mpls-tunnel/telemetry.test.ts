import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type MetricFamily, writeMetrics } from '../../engine/host/telemetry/openmetrics.ts';
import { showMplsTunnels } from './telemetry.ts';
import { TunnelStory } from './testing/tunnel-story.ts';

it('tunnels are metrics: whether they are up, and what has left by them', async () => {
  const story = await TunnelStory.begin();
  story.routeVia('192.0.2.9', '10.0.0.2');
  story.add('192.0.2.9', { id: 7 });
  story.add('2001:db8:9::9', { id: 8, encapsulation: 'mplsogre' });
  const families: (() => readonly MetricFamily[])[] = [];
  const metrics = { register: (family: () => readonly MetricFamily[]) => void families.push(family) };
  showMplsTunnels({ metrics } as Parameters<typeof showMplsTunnels>[0], story);
  const lines = writeMetrics(families.flatMap((each) => each())).split('\n');
  assert.deepEqual(
    lines.filter((line) => line !== '' && !line.startsWith('#')),
    [
      'millrace_mpls_tunnel_up{id="7",encap="mplsoudp",remote="192.0.2.9"} 1',
      'millrace_mpls_tunnel_up{id="8",encap="mplsogre",remote="2001:db8:9::9"} 0',
      'millrace_mpls_tunnel_sent_packets_total{id="7",encap="mplsoudp",remote="192.0.2.9"} 0',
      'millrace_mpls_tunnel_sent_packets_total{id="8",encap="mplsogre",remote="2001:db8:9::9"} 0',
      'millrace_mpls_tunnel_sent_bytes_total{id="7",encap="mplsoudp",remote="192.0.2.9"} 0',
      'millrace_mpls_tunnel_sent_bytes_total{id="8",encap="mplsogre",remote="2001:db8:9::9"} 0',
    ],
  );
});
