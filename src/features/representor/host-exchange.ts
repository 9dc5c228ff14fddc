import { netlinkExchange } from '../../engine/host/netlink.ts';
import { type NetlinkAnswer, type NetlinkMessage, readMessages } from '../../engine/host/netlink-message.ts';
import { endsOf, refusalWords } from '../../engine/host/netlink-refusal.ts';
import type { HostCommand } from './host-settings.ts';
import { findDevice, readDevice } from './netlink/devices.ts';
import { showRules, takeMarked } from './netlink/rules.ts';

/** A message that the host has refused, and why. */
export interface HostFailure {
  readonly command: HostCommand;
  readonly reason: string;
}

/** Tells the host one thing after another, and goes on behind what it refuses; resolves to that. */
export async function tellHost(commands: readonly HostCommand[]): Promise<readonly HostFailure[]> {
  const failures: HostFailure[] = [];
  let left = commands;
  while (left.length > 0) {
    const { done, reason } = await talk(left.map(({ message }) => message));
    if (reason === undefined) break;
    failures.push(...left.slice(done, done + 1).map((command) => ({ command, reason })));
    left = left.slice(done + 1);
  }
  return failures;
}

/** What removes the rules on the host that bear a protocol's mark. */
export async function removalOfRules(protocol: number): Promise<readonly HostCommand[]> {
  const { answers } = await talk([showRules('ipv4'), showRules('ipv6')]);
  const messages = answers.flatMap((answer) => takeMarked(answer, protocol) ?? []);
  return messages.map((message) => ({ message, undoes: true }));
}

/** The numbers of devices by their names; those that are not there are left out. */
export async function findIndexes(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let left = names;
  while (left.length > 0) {
    const { answers, done, reason } = await talk(left.map(findDevice));
    for (const device of answers.flatMap((answer) => readDevice(answer) ?? []))
      found.set(device.name, device.index);
    if (reason === undefined) break;
    left = left.slice(done + 1);
  }
  return found;
}

/** How far an exchange came: as many messages as the host has taken, and why it has not taken the next one. */
interface Talk {
  readonly answers: readonly NetlinkAnswer[];
  readonly done: number;
  readonly reason?: string;
}

async function talk(messages: readonly NetlinkMessage[]): Promise<Talk> {
  try {
    const answers = [...readMessages(await netlinkExchange(messages))];
    const ends = endsOf(answers);
    const done = ends.findIndex(({ code }) => code !== 0);
    const refused = ends[done];
    return refused === undefined
      ? { answers, done: ends.length }
      : { answers, done, reason: refusalWords(refused) };
  } catch (error) {
    return { answers: [], done: 0, reason: error instanceof Error ? error.message : String(error) };
  }
}
