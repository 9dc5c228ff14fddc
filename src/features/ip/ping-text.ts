import type { JsonObject } from '../../command/output.ts';
import type { PingResponseJson } from './ip_pb.js';
import { unreachableText } from './unreachable-text.ts';

/** Writes one answer as the ping program of Linux does. */
export function pingLine(answer: PingResponseJson, destination: string): string {
  const { sequence = 0, address = '', result = '' } = answer;
  if (result === 'timeout') return `no answer yet for icmp_seq=${sequence}`;
  if (result !== 'reply') return `From ${address} icmp_seq=${sequence} ${problemText(answer, destination)}`;
  const time = milliseconds(answer.rtt_us ?? 0);
  return `${answer.size} bytes from ${address}: icmp_seq=${sequence} ttl=${answer.ttl} time=${time} ms`;
}

/** Writes the last lines of a ping. */
export function pingSummary(destination: string, answers: readonly PingResponseJson[]) {
  const times = answers.filter(({ result }) => result === 'reply').map(({ rtt_us = 0 }) => rtt_us);
  const errors = answers.filter(({ result }) => result !== 'reply' && result !== 'timeout').length;
  const loss = answers.length === 0 ? 0 : (1 - times.length / answers.length) * 100;
  const counts = [
    `${answers.length} packets transmitted`,
    `${times.length} received`,
    ...(errors > 0 ? [`+${errors} errors`] : []),
    `${Number(loss.toPrecision(6))}% packet loss`,
  ];
  const spread = spreadOf(times);
  const text = [
    `--- ${destination} ping statistics ---`,
    counts.join(', '),
    ...(spread === undefined
      ? []
      : [`rtt min/avg/max/mdev = ${Object.values(spread).map(milliseconds).join('/')} ms`]),
  ];
  const json: JsonObject = {
    transmitted: answers.length,
    received: times.length,
    errors,
    loss,
    rtt_us: spread,
  };
  return { text, json };
}

function spreadOf(times: readonly number[]) {
  if (times.length === 0) return undefined;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - average) ** 2, 0) / times.length;
  return {
    min: Math.min(...times),
    avg: Math.round(average),
    max: Math.max(...times),
    mdev: Math.round(Math.sqrt(variance)),
  };
}

function problemText(answer: PingResponseJson, destination: string): string {
  const { result, icmp_type: type = 0, icmp_code: code = 0 } = answer;
  if (result === 'time exceeded') return 'Time to live exceeded';
  if (result === 'too big') return 'Packet too big';
  return unreachableText({ type, code }, destination.includes(':') ? 'ipv6' : 'ipv4').sentence;
}

function milliseconds(microseconds: number): string {
  return (microseconds / 1000).toFixed(3);
}
