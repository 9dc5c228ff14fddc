import { findNetwork, type PodNetworks, type Pods } from '../pod/index.ts';
import { variable } from './arguments.ts';
import { CniError, cniErrorOf } from './cni-error.ts';
import { type Configuration, readConfiguration, versionOf } from './configuration.ts';
import type { CniAnswer, CniMessage } from './message.ts';
import { checkPrevious } from './previous.ts';
import { resultOf } from './result.ts';
import { supportedVersions } from './versions.ts';
import { keyOf, wantedOf } from './wanted.ts';

/** What CNI calls are answered with. */
export interface CniNeeds {
  readonly pods: Pods;
  readonly networks: () => PodNetworks;
  /** Says why nothing can be attached now; undefined when it can. */
  readonly trouble: () => string | undefined;
}

/** Answers a CNI call; never throws. */
export async function answer(needs: CniNeeds, message: CniMessage): Promise<CniAnswer> {
  try {
    const result = await resultOfCall(needs, message);
    return { status: 0, output: result === undefined ? '' : `${JSON.stringify(result)}\n` };
  } catch (error) {
    const { code, message: msg, details } = cniErrorOf(error);
    const cniVersion = versionOf(message.configuration);
    return { status: 1, output: `${JSON.stringify({ cniVersion, code, msg, details })}\n` };
  }
}

type Command = (
  needs: CniNeeds,
  message: CniMessage,
  configuration: Configuration,
) => Promise<object | undefined>;

function resultOfCall(needs: CniNeeds, message: CniMessage): Promise<object | undefined> {
  const name = variable(message.environment, 'CNI_COMMAND', /^(ADD|DEL|CHECK|GC|STATUS|VERSION)$/);
  if (name === 'VERSION') return version(message);
  const command = commands[name];
  if (command === undefined) throw new TypeError(`no command ${name}`);
  return command(needs, message, readConfiguration(message.configuration));
}

async function version({ configuration }: CniMessage): Promise<object> {
  const asked = versionOf(configuration);
  const cniVersion = supportedVersions.includes(asked) ? asked : (supportedVersions.at(-1) ?? asked);
  return { cniVersion, supportedVersions };
}

const commands: Readonly<Record<string, Command>> = {
  async ADD(needs, message, configuration) {
    checkReady(needs, 'tryAgain');
    const name = configuration.network ?? configuration.name;
    const network = findNetwork(needs.networks(), name);
    if (network === undefined) throw unknownNetwork(needs, name);
    const record = await needs.pods.attach(wantedOf(message, configuration, network));
    return resultOf(record, configuration, needs.pods.socketPath(record));
  },

  async DEL({ pods }, message) {
    await pods.detach(keyOf(message));
    return undefined;
  },

  async CHECK({ pods }, message, configuration) {
    checkPrevious(await pods.check(keyOf(message)), configuration.prevResult);
    return undefined;
  },

  async GC({ pods }, _, { name, 'cni.dev/valid-attachments': valid }) {
    if (valid === undefined) {
      const details = 'expected cni.dev/valid-attachments, got none';
      throw new CniError('invalidConfiguration', 'nobody says which attachments are to stay', details);
    }
    const keys = valid.map(({ containerID, ifname }) => ({ container: containerID, interface: ifname }));
    await pods.collect(name, keys);
    return undefined;
  },

  async STATUS(needs) {
    checkReady(needs, 'notAvailable');
    return undefined;
  },
};

function checkReady({ trouble }: CniNeeds, code: 'tryAgain' | 'notAvailable'): void {
  const reason = trouble();
  if (reason !== undefined) throw new CniError(code, 'nothing can be attached now', reason);
}

function unknownNetwork({ networks }: CniNeeds, name: string): CniError {
  const names = [...networks().keys()].join(', ') || 'none';
  const details = `expected a network of this node's plan, which are: ${names}; got ${JSON.stringify(name)}`;
  return new CniError('invalidConfiguration', 'the network is not known', details);
}
