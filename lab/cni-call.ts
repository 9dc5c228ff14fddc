import { fileURLToPath } from 'node:url';
import { attempt, type CommandOptions, type Ended } from './command.ts';

/** The CNI executable of this clone. */
export const cniExecutable = fileURLToPath(new URL('../build/millrace-cni', import.meta.url));

/** A call as a container runtime makes it. */
export interface CniCall {
  readonly command: 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION';
  readonly container?: string;
  readonly netns?: string;
  readonly iface?: string;
  readonly args?: string;
  /** What the configuration says besides name, version and socket. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

export interface CniResult {
  readonly cniVersion?: string;
  readonly supportedVersions?: readonly string[];
  readonly interfaces?: readonly {
    readonly name: string;
    readonly mac?: string;
    readonly mtu?: number;
    readonly socketPath?: string;
  }[];
  readonly ips?: readonly { readonly address: string; readonly gateway: string; readonly version?: string }[];
}

/** Runs the CNI executable for an agent, whatever its status. */
export function callCni(
  agentSocket: string,
  { command, container, netns, iface = 'eth0', args, configuration }: CniCall,
  options: Pick<CommandOptions, 'timeoutMs'> = {},
): Promise<Ended> {
  const environment = { COMMAND: command, CONTAINERID: container, NETNS: netns, IFNAME: iface, ARGS: args };
  const words = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [`CNI_${name}=${value}`],
  );
  const base = { cniVersion: '1.1.0', name: 'red', type: 'millrace-cni', agentSocket };
  const input = JSON.stringify({ ...base, ...configuration });
  return attempt(['env', '-i', ...words, cniExecutable], { ...options, input });
}

/** The first address of each family that a call has given, without length. */
export function addressesIn({ ips = [] }: CniResult) {
  const addresses = ips.map(({ address }) => address.replace(/\/.*/, ''));
  const [ip4, ip6] = [false, true].map((isIp6) => addresses.find((each) => each.includes(':') === isIp6));
  return { ip4, ip6 };
}
