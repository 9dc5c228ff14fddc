import { checkLab } from '../cluster/checks/lab-checks.ts';
import type { Place } from '../cluster/place.ts';
import { readyRecord } from '../cluster/record.ts';
import { answered, matching } from './seen.ts';
import type { Story } from './story.ts';

/** What the tour needs. */
export interface TourOptions {
  readonly place: Place;
  readonly story: Story;
  /** Called when the first ping was answered. */
  readonly onFirstPing: () => void;
}

/** Shows what a lab of three nodes does, with the very commands of a user. */
export async function giveTour({ place, story, onFirstPing }: TourOptions): Promise<void> {
  const lab = `bin/millrace lab --lab ${place.lab}`;
  await look(place, story, lab);
  await pings(story, lab, onFirstPing);
  await ways(story, lab);
  await all(place, story, lab);
  await change(place, story, lab);
}

async function look({ objects }: Place, story: Story, lab: string): Promise<void> {
  story.chapter(
    'What is asked for',
    'Objects in a directory; millrace operator makes a plan of them for each node:',
  );
  await story.show(`cat ${objects}/red.yaml`, { lines: 20 });
  await story.show(`bin/millrace explain network red/front --objects ${objects}`, { lines: 16 });
  story.chapter('What is there');
  await story.show(`${lab} status`, {
    lines: 34,
    check: {
      name: 'routers, agents and applications run',
      see: (output) =>
        / ended /.test(output)
          ? undefined
          : `${output.match(/(vrouter|agent|testpmd) of/g)?.length} processes`,
    },
  });
}

async function pings(story: Story, lab: string, onFirstPing: () => void): Promise<void> {
  story.chapter('Pods reach each other, on other nodes too, in both families');
  const journeys = [
    ['red/web red/db', 'veth ↔ veth, IPv4'],
    ['red/web red/db -6', 'veth ↔ veth, IPv6'],
    ['red/edge red/fast', 'TAP ↔ DPDK application by vhost-user, IPv4'],
    ['blue/web blue/fast', 'veth ↔ DPDK application by memif, IPv4'],
    ['blue/edge blue/both:net1 -6', 'veth ↔ a pod that has both, IPv6'],
  ];
  for (const [index, [words, name = '']] of journeys.entries()) {
    await story.show(`${lab} ping ${words} -c 3 -i 0.2`, { lines: 4, check: { name, see: answered } });
    if (index === 0) onFirstPing();
  }
}

async function ways(story: Story, lab: string): Promise<void> {
  story.chapter(
    'The way of one packet',
    'Every stage of both routers with its decision, and tcpdump on every wire:',
  );
  await story.show(`${lab} trace red/web red/fast`, {
    lines: 100,
    check: {
      name: 'red, between workers',
      see: matching(/udp \d+ > 6635\n +mpls label \d+/, 'labels in UDP'),
    },
  });
  await story.show(`${lab} trace blue/web shared/dns`, {
    lines: 30,
    check: {
      name: 'blue may not use what red imports',
      see: matching(/\nnot answered/, 'refused by its router'),
    },
  });
  story.tell('\nThe same between other pods, as the underlay sees it:');
  await story.show(`${lab} trace blue/web blue/db`, {
    only: onWires,
    lines: 20,
    check: { name: 'blue, between workers', see: matching(/gre\n +mpls label \d+/, 'labels in GRE') },
  });
  await story.show(`${lab} trace blue/both:net1 blue/edge -6`, {
    only: onWires,
    lines: 20,
    check: { name: 'from an application to edge', see: matching(/vxlan vni \d+/, 'VXLAN') },
  });
}

/** The places but for the routers, and the headers there but for Ethernet's. */
const onWires = /^\d+ {2}(?!router)|^ {5}(?!.* -> |ether )\S/;

async function change({ objects }: Place, story: Story, lab: string): Promise<void> {
  story.chapter(
    'An object changes',
    'The operator makes other plans, the agents follow, and no ping is lost:',
  );
  const pinging = `${lab} ping red/web red/db -q -c 100 -i 0.02`;
  await story.show(`${pinging} & sleep 0.5; sed -i s/MPLSoUDP/MPLSoGRE/ ${objects}/red.yaml; wait`, {
    only: /packets transmitted/,
    check: { name: 'nothing is lost while tunnels change', see: lost },
  });
  await story.show(`${lab} trace red/web red/db`, {
    only: onWires,
    lines: 20,
    check: { name: 'red goes another way now', see: matching(/gre\n +mpls label \d+/, 'labels in GRE') },
  });
}

function lost(output: string): string | undefined {
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
  return sent !== undefined && sent === received ? `${received} of ${sent} answered` : undefined;
}

async function all(place: Place, story: Story, lab: string): Promise<void> {
  story.chapter(
    'All that is to be so',
    'Every two pods of a network, who shares an address, sizes; tcpdump is the witness:',
  );
  story.tell(`\n$ ${lab} test`);
  await checkLab({ place, record: readyRecord(place) }, ({ name, passed, result }) => {
    story.tell(`  ${name}: ${result}`);
    story.check(name, passed ? result : undefined);
  });
}
