import type { PodName } from '../pod/index.ts';
import { CniError } from './cni-error.ts';

/** CNI_ARGS: `KEY=VALUE;KEY=VALUE`. */
export function readArguments(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = (text ?? '').split(';').filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      throw new CniError(
        'invalidEnvironment',
        'CNI_ARGS is not as expected',
        `expected KEY=VALUE, got ${JSON.stringify(pair)}`,
      );
    }),
  );
}

/** A variable that must be there and look so. @throws CniError invalidEnvironment */
export function variable(
  environment: Readonly<Record<string, string>>,
  name: string,
  pattern: RegExp,
): string {
  const value = environment[name] ?? '';
  if (pattern.test(value)) return value;
  const details = `expected ${name} to match ${pattern.source}, got ${JSON.stringify(value)}`;
  throw new CniError('invalidEnvironment', `${name} is not as expected`, details);
}

/** The pod that the arguments speak of, where they do. */
export function podOf(args: Readonly<Record<string, string>>): PodName | undefined {
  const { K8S_POD_NAMESPACE: namespace, K8S_POD_NAME: name, K8S_POD_UID: uid = '' } = args;
  return namespace && name ? { namespace, name, uid } : undefined;
}
