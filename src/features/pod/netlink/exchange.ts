import { existsSync } from 'node:fs';
import { type NetlinkStep, netlinkExchange } from '../../../engine/host/netlink.ts';
import {
  type NetlinkAnswer,
  type NetlinkMessage,
  readMessages,
} from '../../../engine/host/netlink-message.ts';
import { endsOf, refusalName, refusalWords } from '../../../engine/host/netlink-refusal.ts';
import { PodError } from '../pod-error.ts';

/** What is to be done: a message to the kernel, or a step on the way. */
export type Step = NetlinkMessage | Exclude<NetlinkStep, { readonly bytes: Uint8Array }>;

/** What an exchange is for. */
export interface ExchangeOptions {
  readonly doing: string;
  /** Names of errors that say that all is as it shall be. */
  readonly fine?: readonly string[];
}

/** Has the kernel do one thing after another until it refuses one. @throws PodError unknown where a namespace is gone, host */
export async function exchange(
  steps: readonly Step[],
  { doing, fine = [] }: ExchangeOptions,
): Promise<readonly NetlinkAnswer[]> {
  const answers = await talk(doing, steps);
  const ends = endsOf(answers);
  const asked = steps.filter((step) => 'asks' in step);
  const isFine = (code: number, own: readonly string[] = []) =>
    code === 0 || [...fine, ...own].includes(refusalName(code));
  const at = ends.findIndex(({ code }, index) => !isFine(code, asked[index]?.fine));
  const refused = ends[at];
  if (refused === undefined) return answers;
  const expected = `the host to take "ip ${asked[at]?.asks}"`;
  throw new PodError('host', { doing, expected, received: refusalWords(refused) });
}

async function talk(doing: string, steps: readonly Step[]): Promise<readonly NetlinkAnswer[]> {
  try {
    return [...readMessages(await netlinkExchange(steps))];
  } catch (cause) {
    for (const step of steps)
      if ('enter' in step && !existsSync(step.enter)) throw noNamespace(doing, step.enter);
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new PodError('host', { doing, expected: 'the kernel to answer', received }, { cause });
  }
}

/** The failure that a container without a network namespace is. */
export function noNamespace(doing: string, netns: string): PodError {
  return new PodError('unknown', { doing, expected: `a network namespace at ${netns}`, received: 'none' });
}
