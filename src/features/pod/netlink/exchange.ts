import { existsSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { netlinkExchange } from '../../../engine/host/netlink.ts';
import { PodError } from '../pod-error.ts';
import { type NetlinkAnswer, type NetlinkMessage, readAttributes, readMessages, textOf } from './message.ts';

/** Where messages go, and what for. */
export interface NetlinkPlace {
  readonly doing: string;
  /** The path of a network namespace; our own by default. */
  readonly netns?: string;
  /** Names of errors that say that all is as it shall be. */
  readonly fine?: readonly string[];
}

/** What the kernel did not do. */
interface Refusal {
  readonly code: number;
  /** More words, where the kernel has them. */
  readonly says: string;
}

/** Has the kernel do one thing after another until it refuses one. @throws PodError unknown where the namespace is gone, host */
export async function exchange(
  messages: readonly NetlinkMessage[],
  { doing, netns, fine = [] }: NetlinkPlace,
): Promise<readonly NetlinkAnswer[]> {
  const answers = await talk(doing, messages, netns);
  const ends = answers.flatMap((answer) => endOf(answer) ?? []);
  const at = ends.findIndex(({ code }) => code !== 0 && !fine.includes(nameOf(code)));
  if (at < 0) return answers;
  const expected = `the host to take "ip ${messages[at]?.asks}"`;
  throw new PodError('host', { doing, expected, received: wordsOf(ends[at]) });
}

async function talk(doing: string, messages: readonly NetlinkMessage[], netns: string | undefined) {
  const bytes = Buffer.concat(messages.map((message) => message.bytes));
  try {
    return [...readMessages(await netlinkExchange(bytes, netns))];
  } catch (cause) {
    if (netns !== undefined && !existsSync(netns)) throw noNamespace(doing, netns);
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new PodError('host', { doing, expected: 'the kernel to answer', received }, { cause });
  }
}

/** The failure that a container without a network namespace is. */
export function noNamespace(doing: string, netns: string): PodError {
  return new PodError('unknown', { doing, expected: `a network namespace at ${netns}`, received: 'none' });
}

const ERROR = 2;
const DONE = 3;
/** With NETLINK_CAP_ACK only the header of what was asked comes back. */
const REPEATED_BYTES = 16;
const ERROR_TEXT = 1;

/** The end of one answer: zero where all went well. */
function endOf({ type, body }: NetlinkAnswer): Refusal | undefined {
  if (type !== ERROR && type !== DONE) return undefined;
  const code = body.length >= 4 ? body.readInt32LE(0) : 0;
  const says =
    type === ERROR ? textOf(readAttributes(body.subarray(4 + REPEATED_BYTES)).get(ERROR_TEXT)) : '';
  return { code, says };
}

function wordsOf({ code, says }: Refusal = { code: 0, says: '' }): string {
  const [, meaning] = getSystemErrorMap().get(code) ?? [];
  return [nameOf(code), meaning, says].filter((word) => word).join(': ');
}

function nameOf(code: number): string {
  return getSystemErrorMap().get(code)?.[0] ?? String(code);
}
