/** One thing that is to be so on the host, as lines of `ip -batch`. */
export interface HostSetting {
  /** Tells settings apart: one that comes with the key of an older one takes its place. */
  readonly key: string;
  /** Settings are made in the order of their ranks and undone in the reverse one. */
  readonly rank: number;
  /** Makes it so; must do no harm where it is so already, unless it has a key that no other setting can have. */
  readonly set: string;
  /** Undoes it; absent where the next setting of the key or the device's end does. */
  readonly unset?: string;
  /** The line needs `ip -6`: it does not tell its family itself. */
  readonly ipv6?: boolean;
}

/** A line of `ip -batch`. */
export interface IpCommand {
  readonly line: string;
  readonly ipv6: boolean;
  /** It undoes something: that it fails means that the thing is gone already. */
  readonly undoes?: true;
}

/** The lines that lead from one state of the host to another. */
export function changesBetween(
  before: readonly HostSetting[],
  after: readonly HostSetting[],
): readonly IpCommand[] {
  const [former, latter] = withoutShared(before, after);
  const was = new Map(former.map((setting) => [setting.key, setting]));
  const wanted = new Set(latter.map(({ key }) => key));
  const gone = former.filter(({ key }) => !wanted.has(key)).sort((a, b) => b.rank - a.rank);
  const fresh = latter.filter(({ key, set }) => was.get(key)?.set !== set).sort((a, b) => a.rank - b.rank);
  const undone = gone.flatMap(({ unset, ipv6 }) =>
    unset === undefined ? [] : [{ ...command(unset, ipv6), undoes: true as const }],
  );
  return [...undone, ...fresh.map(({ set, ipv6 }) => command(set, ipv6))];
}

/** Leaves out what both have as the very same object, which is nearly all of it. */
function withoutShared(
  before: readonly HostSetting[],
  after: readonly HostSetting[],
): readonly [readonly HostSetting[], readonly HostSetting[]] {
  const [had, have] = [new Set(before), new Set(after)];
  return [before.filter((setting) => !have.has(setting)), after.filter((setting) => !had.has(setting))];
}

function command(line: string, ipv6 = false): IpCommand {
  return { line, ipv6 };
}
