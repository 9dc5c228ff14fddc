import { addressLines, neighborLines } from '../peers/router-script.ts';
import { smallestFrame, udpFrame } from '../traffic.ts';
import { openRouted } from './outer.ts';
import { range } from './stations.ts';
import type { Task } from './task.ts';

/** Within one /24 each: Grout's table of routes has room for 256 of those that longer prefixes lie in. */
const rules = range(256).map((rule) => ({ destination: `198.18.0.${rule}`, station: `10.1.0.${rule}` }));

/** Packets of 256 addresses that stand for others, each by a rule of dnat44, routed to p1. */
export function translatedDestinations(): Task {
  return {
    frames: framesTo('destination'),
    open: openRouted,
    carried: translatedFrames().map(openRouted),
    lines: [
      ...addressLines,
      ...neighborLines('ipv4'),
      ...rules.map(({ station }, rule) => `route add ${station}/32 via 172.16.1.${rule}`),
      ...rules.map(
        ({ destination, station }) => `dnat44 add interface p0 destination ${destination} replace ${station}`,
      ),
    ],
  };
}

/** The same packets, to the stations that their destinations stand for. */
export function translatedFrames(): readonly Uint8Array[] {
  return framesTo('station');
}

function framesTo(end: 'destination' | 'station'): readonly Uint8Array[] {
  const bytes = smallestFrame('ipv4');
  return range(1024).map((id) =>
    udpFrame({
      source: '192.168.0.2',
      destination: rules[(id * 37) % rules.length]?.[end] ?? '',
      sourcePort: 1024 + id,
      bytes,
      id,
    }),
  );
}
