import type { Attachment } from '../attachment/index.ts';
import type { AttachmentRecord, PodNetworks, Pods } from '../pod/index.ts';
import { variable } from './arguments.ts';
import { type CniCall, keyOf } from './call.ts';
import { CniError, cniErrorOf } from './cni-error.ts';
import { type Configuration, readConfiguration, versionOf } from './configuration.ts';
import { removeDeviceInfo, writeDeviceInfo } from './device-info.ts';
import type { CniAnswer, CniMessage } from './message.ts';
import { checkPrevious } from './previous.ts';
import { resultOf } from './result.ts';
import { supportedVersions } from './versions.ts';
import { wantedOf } from './wanted.ts';
import { wishesOf } from './wishes.ts';

/** What CNI calls are answered with; all but the first change with time. */
export interface CniSource {
  readonly pods: Pods;
  readonly networks: PodNetworks;
  /** The attachments that the plan has for this node. */
  readonly planned: readonly Attachment[];
  /** Why nothing can be attached now; undefined when it can. */
  readonly trouble: string | undefined;
}

/** Answers a CNI call; never throws. */
export async function answer(source: CniSource, message: CniMessage): Promise<CniAnswer> {
  try {
    const result = await resultOfCall(source, message);
    return { status: 0, output: result === undefined ? '' : `${JSON.stringify(result)}\n` };
  } catch (error) {
    const { code, message: msg, details } = cniErrorOf(error);
    const cniVersion = versionOf(message.configuration);
    return { status: 1, output: `${JSON.stringify({ cniVersion, code, msg, details })}\n` };
  }
}

type Command = (
  source: CniSource,
  message: CniMessage,
  configuration: Configuration,
) => Promise<object | undefined>;

function resultOfCall(source: CniSource, message: CniMessage): Promise<object | undefined> {
  const name = variable(message.environment, 'CNI_COMMAND', /^(ADD|DEL|CHECK|GC|STATUS|VERSION)$/);
  if (name === 'VERSION') return version(message);
  const command = commands[name];
  if (command === undefined) throw new TypeError(`no command ${name}`);
  return command(source, message, readConfiguration(message.configuration));
}

async function version({ configuration }: CniMessage): Promise<object> {
  const asked = versionOf(configuration);
  const cniVersion = supportedVersions.includes(asked) ? asked : (supportedVersions.at(-1) ?? asked);
  return { cniVersion, supportedVersions };
}

const commands: Readonly<Record<string, Command>> = {
  async ADD(source, message, configuration) {
    checkReady(source, 'tryAgain');
    const call = { message, configuration };
    const wanted = wishesOf(call, source.planned).map((wish) => wantedOf(call, wish, source.networks));
    const records = await source.pods.attach(wanted);
    await describeDevice(source, call, records);
    return resultOf(records, configuration, (record) => source.pods.socketPath(record));
  },

  async DEL({ pods }, message, { runtimeConfig }) {
    await pods.detach(keyOf(message));
    removeDeviceInfo(runtimeConfig?.CNIDeviceInfoFile);
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

  async STATUS(source) {
    checkReady(source, 'notAvailable');
    return undefined;
  },
};

/** For whoever has named a file for it; without the file the ADD has failed. */
async function describeDevice(
  { pods }: CniSource,
  { message, configuration }: CniCall,
  records: readonly AttachmentRecord[],
): Promise<void> {
  const own = records.find((record) => record.interface === record.addedWith);
  try {
    writeDeviceInfo(configuration.runtimeConfig?.CNIDeviceInfoFile, own);
  } catch (error) {
    await pods.detach(keyOf(message));
    throw error;
  }
}

function checkReady({ trouble }: CniSource, code: 'tryAgain' | 'notAvailable'): void {
  if (trouble !== undefined) throw new CniError(code, 'nothing can be attached now', trouble);
}
