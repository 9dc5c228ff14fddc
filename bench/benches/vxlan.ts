import type { Bench } from '../bench.ts';
import { compare } from '../compare.ts';
import type { Task } from '../overlays/task.ts';
import { turnAt, turnsAt } from '../overlays/task-turns.ts';
import { vxlanDecapsulation, vxlanEncapsulation, vxlanNetworks } from '../overlays/vxlan.ts';
import { groutPolling } from '../peers/grout.ts';
import { millracePolling } from '../peers/millrace.ts';

/** Bridged frames that are put into VXLAN. */
export const vxlanEncap: Bench = direction({
  name: 'vxlan-encap',
  about: 'Frames of 60 bytes from a port into VXLAN, one bridge, one core',
  task: vxlanEncapsulation(),
});

/** Frames that are taken out of VXLAN and bridged. */
export const vxlanDecap: Bench = direction({
  name: 'vxlan-decap',
  about: 'Frames of 60 bytes out of VXLAN to a port, one bridge, one core',
  task: vxlanDecapsulation(),
});

/** VXLAN with many networks, each an interface of its own. */
export const vxlanVnis: Bench = {
  name: 'vxlan-vnis',
  about: 'packets out of 16,000 VNIs in turn, routed to a port, one core',
  run: (settings) =>
    compare(settings, {
      bench: 'vxlan-vnis',
      about: 'Packets out of 16,000 VNIs in turn, 60 bytes inside, routed to a port, one core',
      turns: [
        turnAt(vxlanNetworks(networks, networks), millracePolling),
        turnAt(vxlanNetworks(1, networks), millracePolling, oneNetwork),
      ],
      startOnce: true,
      goals: [{ ratioTo: oneNetwork, atLeast: 0.8 }],
      note: `"${oneNetwork}" has as many packets in memory, all of one VNI.`,
    }),
};

const networks = 16_000;
const oneNetwork = 'one-vni';

function direction({ name, about, task }: Pick<Bench, 'name' | 'about'> & { readonly task: Task }): Bench {
  return {
    name,
    about,
    run: (settings) =>
      compare(settings, {
        bench: name,
        about,
        turns: turnsAt(task, [millracePolling, groutPolling]),
        goals: ['ovs-dpdk', groutPolling.name].map((ratioTo) => ({ ratioTo, atLeast: 2, must: 1.5 })),
        note: 'One VNI, 512 stations, one far end that its router leads to.',
      }),
  };
}
