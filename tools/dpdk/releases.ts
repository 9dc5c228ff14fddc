/** A version of DPDK that users have, and the Debian release it comes in. */
export interface Release {
  readonly dpdk: string;
  readonly debian: string;
}

export const releases: readonly Release[] = [
  { dpdk: '22.11', debian: 'bookworm' },
  { dpdk: '24.11', debian: 'trixie' },
  { dpdk: '25.11', debian: 'forky' },
];

/** What `npm run test:dpdk` is asked for. */
export interface DpdkRequest {
  readonly releases: readonly Release[];
  /** A part of the names of the test files to run. */
  readonly pattern: string | undefined;
}

/** Reads versions, all by default, and a part of the files' names. @throws Error on what is neither */
export function parseArguments(args: readonly string[]): DpdkRequest {
  const isVersion = (arg: string) => /^\d/.test(arg);
  const versions = args.filter(isVersion);
  const patterns = args.filter((arg) => !isVersion(arg));
  const known = releases.map(({ dpdk }) => dpdk);
  const wrong = versions.find((version) => !known.includes(version));
  if (wrong !== undefined) throw usageError(`versions among ${known.join(', ')}`, wrong);
  const flag = patterns.find((pattern) => pattern.startsWith('-'));
  if (flag !== undefined) throw usageError('versions and a part of a file name, no flags', flag);
  if (patterns.length > 1) throw usageError('one part of a file name', patterns.join(' '));
  const asked = releases.filter(({ dpdk }) => versions.length === 0 || versions.includes(dpdk));
  return { releases: asked, pattern: patterns[0] };
}

function usageError(expected: string, got: string): Error {
  return new Error(`expected ${expected}, got ${got} (MILLRACE_DPDK_USAGE)`);
}
