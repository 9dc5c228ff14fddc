import type { TracerouteResponseJson } from './ip_pb.js';
import { unreachableText } from './unreachable-text.ts';

/** Writes all probes of one hop as the traceroute program of Linux does. */
export function hopLine(probes: readonly TracerouteResponseJson[]): string {
  const hop = String(probes[0]?.hop ?? 0).padStart(2);
  const texts = probes.map((probe, index) => probeText(probe, probes[index - 1]?.address ?? ''));
  return `${hop}  ${texts.join('  ')}`;
}

function probeText(probe: TracerouteResponseJson, previous: string): string {
  const { address = '', result = '', rtt_us = 0, icmp_type: type = 0, icmp_code: code = 0 } = probe;
  if (result === 'timeout') return '*';
  const time = `${(rtt_us / 1000).toFixed(3)} ms`;
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const mark = result === 'unreachable' ? [unreachableText({ type, code }, family).mark] : [];
  const words = [[time, ...mark].join(' ')];
  return (address === previous ? words : [address, ...words]).join('  ');
}
