import type { Bench } from '../bench.ts';
import { compare } from '../compare.ts';
import { type Carrier, labelDecapsulation, labelEncapsulation } from '../overlays/mpls.ts';
import type { Task } from '../overlays/task.ts';
import { turnAt, turnsAt } from '../overlays/task-turns.ts';
import { vxlanDecapsulation, vxlanEncapsulation } from '../overlays/vxlan.ts';
import { millracePolling } from '../peers/millrace.ts';

/** Routed packets that are given a label and put into UDP. */
export const mplsoudpEncap: Bench = encapsulation('mplsoudp', 'UDP');

/** Labelled packets that are taken out of UDP and routed. */
export const mplsoudpDecap: Bench = decapsulation('mplsoudp', 'UDP');

/** Routed packets that are given a label and put into GRE. */
export const mplsogreEncap: Bench = encapsulation('mplsogre', 'GRE');

/** Labelled packets that are taken out of GRE and routed. */
export const mplsogreDecap: Bench = decapsulation('mplsogre', 'GRE');

function encapsulation(carrier: Carrier, name: string): Bench {
  return besideVxlan({
    name: `${carrier}-encap`,
    about: `IPv4 packets of 256 routes with one label into ${name}, 60-byte frames, one core`,
    task: labelEncapsulation(carrier),
    vxlan: vxlanEncapsulation(),
  });
}

function decapsulation(carrier: Carrier, name: string): Bench {
  return besideVxlan({
    name: `${carrier}-decap`,
    about: `IPv4 packets with one label out of ${name} and by 256 routes, 60-byte frames, one core`,
    task: labelDecapsulation(carrier),
    vxlan: vxlanDecapsulation(),
  });
}

interface Row extends Pick<Bench, 'name' | 'about'> {
  readonly task: Task;
  readonly vxlan: Task;
}

function besideVxlan({ name, about, task, vxlan }: Row): Bench {
  return {
    name,
    about,
    run: (settings) =>
      compare(settings, {
        bench: name,
        about,
        turns: [...turnsAt(task, [millracePolling]), turnAt(vxlan, millracePolling, 'vxlan')],
        goals: [{ ratioTo: 'vxlan', atLeast: 0.9 }],
        unable: task.openVSwitch === undefined ? { ...noLabels, ...noUdp } : noLabels,
        note: '"vxlan" is Millrace itself at the task of `vxlan-encap` or `vxlan-decap`.',
      }),
  };
}

const noLabels = { grout: 'it has no labels' };
const noUdp = { 'ovs-dpdk': 'its userspace datapath carries labels in GRE, but not in UDP' };
