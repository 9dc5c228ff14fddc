import assert from 'node:assert/strict';
import type { Outcome, PuntedEvent } from '../../../engine/testing/bench.ts';
import { Topology } from '../../ip/testing/topology.ts';

/** The bench with a router on it that has a host behind it: the fallbacks lead to host-deliver and host-frame. */
export async function openHostBench(): Promise<Topology> {
  const topology = await Topology.open();
  topology.take('protocol4', 0, 'host-deliver');
  topology.take('protocol6', 0, 'host-deliver');
  const { bench } = topology;
  bench.view.setUint16(bench.region('ETHER_OTHERS'), bench.node('host-frame'), true);
  return topology;
}

/** The one packet that was handed to the host, and nothing else happened. */
export function handedOver({ ended, events }: Outcome): PuntedEvent & { readonly packet: Uint8Array } {
  assert.deepEqual(ended, { punted: 1 });
  const [event] = events;
  assert.ok(event?.packet, 'no packet was handed over');
  return { ...event, packet: event.packet };
}
