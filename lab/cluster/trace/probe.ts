import { randomInt } from 'node:crypto';
import { attempt } from '../../command.ts';
import { LabError } from '../../lab-error.ts';
import { shellInside } from '../inside.ts';
import { type AttachedInterface, type AttachedPod, findPod, type LabRecord } from '../record.ts';

/** One packet to follow: an echo request or, where an application without a shell is to send it, the answer to one. */
export interface Probe {
  readonly from: End;
  readonly to: End;
  /** The identifier of its ICMP header, by which it is known everywhere. */
  readonly id: number;
  readonly isAnswer: boolean;
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
  const isAnswer = !isKernel(from);
  if (isAnswer && !isKernel(to)) {
    const kinds = `${from.iface.kind} and ${to.iface.kind}`;
    throw new LabError('LAB_TRACE', `expected a veth or tap at one end, to ping from, got ${kinds}`);
  }
  const [ip, icmp] = words.isIp6 ? ['ipv6', 'icmpv6.echo.identifier'] : ['ip', 'icmp.ident'];
  const filter = `${ip}.src == ${from.address} && ${ip}.dst == ${to.address} && ${icmp} == ${id}`;
  return { from, to, id, isAnswer, filter };
}

/** Whether the kernel of a pod has the interface, so that ping and tcpdump work there. */
export function isKernel({ iface }: End): boolean {
  return iface.kind === 'veth' || iface.kind === 'tap';
}

/** Sends it; resolves to what ping says. */
export async function send({ from, to, id, isAnswer }: Probe): Promise<string> {
  const [pinger, target] = isAnswer ? [to, from] : [from, to];
  const line = `ping -n -c 1 -W 2 -e ${id} -I ${pinger.iface.name} ${target.address}`;
  const { stdout, stderr } = await attempt(shellInside(pinger.pod.namespace, line));
  return stdout + stderr;
}

function endOf(record: LabRecord, text: string, isIp6: boolean): End {
  const { pod, iface } = findPod(record, text);
  const address = isIp6 ? iface.ip6 : iface.ip4;
  if (address !== undefined) return { pod, iface, address };
  throw new LabError('LAB_TRACE', `expected an ${isIp6 ? 'IPv6' : 'IPv4'} address on ${text}, it has none`);
}
