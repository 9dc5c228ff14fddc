import { randomInt } from 'node:crypto';
import { attempt } from '../../command.ts';
import { LabError } from '../../lab-error.ts';
import { shellInside } from '../inside.ts';
import { type AttachedInterface, type AttachedPod, findPod, type LabRecord } from '../record.ts';

/** How the packet comes to be: by ping, as an application's answer to a ping, or taken by a router as though an application had sent it. */
export type Origin = 'request' | 'answer' | 'injected';

/** One packet to follow: an echo request or, where an application is to send it that cannot be told to, the answer to one. */
export interface Probe {
  readonly from: End;
  readonly to: End;
  /** The identifier of its ICMP header, by which it is known everywhere. */
  readonly id: number;
  readonly origin: Origin;
  /** tshark's and our own words for it. */
  readonly filter: string;
}

/** A pod at an end of the way. */
export interface End {
  readonly pod: AttachedPod;
  readonly iface: AttachedInterface;
  readonly address: string;
}

/** Chooses the packet that is sent from one pod to another. @throws LabError */
export function chooseProbe(record: LabRecord, words: { from: string; to: string; isIp6: boolean }): Probe {
  const [from, to] = [endOf(record, words.from, words.isIp6), endOf(record, words.to, words.isIp6)];
  const id = randomInt(1, 0xffff);
  const [ip, icmp] = words.isIp6 ? ['ipv6', 'icmpv6.echo.identifier'] : ['ip', 'icmp.ident'];
  const filter = `${ip}.src == ${from.address} && ${ip}.dst == ${to.address} && ${icmp} == ${id}`;
  return { from, to, id, origin: originOf(from, to), filter };
}

/** Whether the kernel of a pod has the interface, so that ping and tcpdump work there. */
export function isKernel({ iface }: End): boolean {
  return iface.kind === 'veth' || iface.kind === 'tap';
}

/** From a pod whose kernel has the interface one can ping; two applications have to be helped. */
function originOf(from: End, to: End): Origin {
  if (isKernel(from)) return 'request';
  return isKernel(to) ? 'answer' : 'injected';
}

/** Sends it, or what it is to answer; resolves to whether ping was answered. */
export async function ping({ from, to, id, origin }: Probe): Promise<boolean> {
  const [pinger, target] = origin === 'answer' ? [to, from] : [from, to];
  const line = `ping -n -c 1 -W 2 -e ${id} -I ${pinger.iface.name} ${target.address}`;
  const { stdout } = await attempt(shellInside(pinger.pod.namespace, line));
  return / bytes from /.test(stdout);
}

function endOf(record: LabRecord, text: string, isIp6: boolean): End {
  const { pod, iface } = findPod(record, text);
  const address = isIp6 ? iface.ip6 : iface.ip4;
  if (address !== undefined) return { pod, iface, address };
  throw new LabError('LAB_TRACE', `expected an ${isIp6 ? 'IPv6' : 'IPv4'} address on ${text}, it has none`);
}
