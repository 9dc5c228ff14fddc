import type { NetlinkMessage } from '../../engine/host/netlink-message.ts';

/** One thing that is to be so on the host, as messages to its kernel. */
export interface HostSetting {
  /** Tells settings apart: one that comes with the key of an older one takes its place. */
  readonly key: string;
  /** Settings are made in the order of their ranks and undone in the reverse one. */
  readonly rank: number;
  /** Makes it so; must do no harm where it is so already, unless it has a key that no other setting can have. */
  readonly set: NetlinkMessage;
  /** Undoes it; absent where the next setting of the key or the device's end does. */
  readonly unset?: NetlinkMessage;
}

/** A message to the host's kernel. */
export interface HostCommand {
  readonly message: NetlinkMessage;
  /** It undoes something: that it is refused means that the thing is gone already. */
  readonly undoes?: true;
}

/** The messages that lead from one state of the host to another. */
export function changesBetween(
  before: readonly HostSetting[],
  after: readonly HostSetting[],
): readonly HostCommand[] {
  const [former, latter] = withoutShared(before, after);
  const was = new Map(former.map((setting) => [setting.key, setting]));
  const wanted = new Set(latter.map(({ key }) => key));
  const gone = former.filter(({ key }) => !wanted.has(key)).sort((a, b) => b.rank - a.rank);
  const fresh = latter
    .filter(({ key, set }) => was.get(key)?.set.asks !== set.asks)
    .sort((a, b) => a.rank - b.rank);
  const undone = gone.flatMap(({ unset }) =>
    unset === undefined ? [] : [{ message: unset, undoes: true as const }],
  );
  return [...undone, ...fresh.map(({ set }) => ({ message: set }))];
}

/** Leaves out what both have as the very same object, which is nearly all of it. */
function withoutShared(
  before: readonly HostSetting[],
  after: readonly HostSetting[],
): readonly [readonly HostSetting[], readonly HostSetting[]] {
  const [had, have] = [new Set(before), new Set(after)];
  return [before.filter((setting) => !have.has(setting)), after.filter((setting) => !had.has(setting))];
}
