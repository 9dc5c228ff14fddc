import { getSystemErrorMap } from 'node:util';
import { type NetlinkAnswer, readAttributes, textOf } from './netlink-message.ts';

/** What the kernel says at the end of what it was asked for; zero where all went well. */
export interface NetlinkEnd {
  readonly code: number;
  /** More words, where the kernel has them. */
  readonly says: string;
}

/** The ends of an exchange, one for each message up to the first that was refused. */
export function endsOf(answers: Iterable<NetlinkAnswer>): readonly NetlinkEnd[] {
  return [...answers].flatMap((answer) => endOf(answer) ?? []);
}

/** What was refused, in words. */
export function refusalWords({ code, says }: NetlinkEnd): string {
  const [, meaning] = getSystemErrorMap().get(code) ?? [];
  return [refusalName(code), meaning, says].filter((word) => word).join(': ');
}

/** The name of an error. */
export function refusalName(code: number): string {
  return getSystemErrorMap().get(code)?.[0] ?? String(code);
}

const ERROR = 2;
const DONE = 3;
/** With NETLINK_CAP_ACK only the header of what was asked comes back. */
const REPEATED_BYTES = 16;
const ERROR_TEXT = 1;

function endOf({ type, body }: NetlinkAnswer): NetlinkEnd | undefined {
  if (type !== ERROR && type !== DONE) return undefined;
  const code = body.length >= 4 ? body.readInt32LE(0) : 0;
  const says =
    type === ERROR ? textOf(readAttributes(body.subarray(4 + REPEATED_BYTES)).get(ERROR_TEXT)) : '';
  return { code, says };
}
