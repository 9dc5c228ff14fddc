import { portLines } from '../peers/router-script.ts';
import { receiverMac } from '../traffic.ts';
import type { Task } from './task.ts';

/**
 * The lines that make a router with the grcli grammar do a task, with these devices as p0 and p1. DPDK numbers the
 * addresses of pcap ports as they come, and where p1 writes a file, it is one, too: so p0 comes first and has the
 * address that packets are sent to, or is given it.
 */
export function taskScript(task: Pick<Task, 'devices' | 'early' | 'lines'>, devices: readonly string[]) {
  const [receive = '', ...others] = portLines([...devices, ...(task.devices ?? [])]);
  if (task.early === undefined) return [receive, ...others, ...task.lines];
  return [...others, ...task.early, `${receive} mac ${receiverMac}`, ...task.lines];
}
