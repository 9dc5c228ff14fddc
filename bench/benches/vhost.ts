import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { millraceVhost } from '../peers/millrace.ts';
import { ovsDpdk } from '../peers/ovs-dpdk.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { VhostApplication } from '../vhost-app.ts';
import type { VhostSwitch } from '../vhost-switch.ts';
import { Workspace } from '../workspace.ts';

/** Packets between two vhost-user ends of a DPDK application. */
export const vhost: Bench = {
  name: 'vhost',
  about: 'DPDK application to DPDK application by vhost-user, IPv4, 60-byte UDP, both ways, one core',
  run,
};

const unit = 'Mpps';
const hugepages = 1024;
const warmUpMs = 1000;

async function run(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millraceVhost, testpmd, ovsDpdk], settings);
  const contenders = ready.map((each) => ({ name: each.name, measure: () => rate(each, settings.seconds) }));
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  return [
    {
      bench: vhost.name,
      about: vhost.about,
      unit,
      better: 'higher',
      goals: [{ ratioTo: 'ovs-dpdk', atLeast: 1 }],
      note: 'Packets in a second that came back to the application, which runs on the other core; Grout needs VRF devices for it, which not every kernel has.',
      runs: measured.runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

async function rate(vhostSwitch: VhostSwitch, seconds: number): Promise<number> {
  using workspace = new Workspace();
  await using application = new VhostApplication(workspace.path);
  await application.listening();
  await using attached = await vhostSwitch.attach({
    directory: workspace.path,
    sockets: application.sockets,
  });
  await application.flowing();
  await delay(warmUpMs);
  const before = await application.received();
  await delay(seconds * 1000);
  const after = await application.received();
  void attached;
  return (after.packets - before.packets) / (after.atMs - before.atMs) / 1000;
}
