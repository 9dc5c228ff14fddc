import { eventually } from '../../eventually.ts';
import { answered, bitRate, hops, matching } from '../seen.ts';
import type { Story } from '../story.ts';
import { showEdge } from './edge.ts';
import { configuration, connectHosts, type DemoNetwork } from './network.ts';
import { picture } from './picture.ts';

/** What the tour needs beside its network. */
export interface TourOptions {
  readonly network: DemoNetwork;
  readonly story: Story;
  /** Called when the first ping was answered. */
  readonly onFirstPing: () => void;
}

/** Shows what the router does, with the very commands of a user. */
export async function giveTour({ network, story, onFirstPing }: TourOptions): Promise<void> {
  story.chapter('The network');
  story.tell(picture);
  await build(network, story);
  await pings(story, onFirstPing);
  await flows(network, story);
  await application(network, story);
  await trace(story);
  await drops(story);
  await showEdge(network, story);
  await rates(network, story);
}

const ctl = 'bin/millrace ctl';
const inside = (host: string) => `ip netns exec millrace-${host}`;

async function build(network: DemoNetwork, story: Story): Promise<void> {
  story.chapter(
    'Ports, addresses, routes',
    'Lines of ctl, as in a file for --config or typed into its shell:',
  );
  story.tell(
    configuration(network)
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n'),
  );
  await network.router.ctl(configuration(network));
  await connectHosts(network);
  await network.app.forward('io');
  await eventually(async () => {
    const ports = await network.router.list('interface show type port');
    if (!ports.every(({ flags }) => String(flags).includes('running')))
      throw new Error('a port does not run yet');
  });
  await story.show(`${ctl} interface show`, {
    check: {
      name: 'five ports run',
      see: (output) => (output.match(/up running.*port/g)?.length === 5 ? '3 TAP, 2 vhost-user' : undefined),
    },
  });
}

async function pings(story: Story, onFirstPing: () => void): Promise<void> {
  story.chapter('Ping and traceroute through the router');
  const options = '-c 3 -i 0.2 -W 2';
  await story.show(`${inside('red')} ping ${options} 10.2.0.2`, {
    check: { name: 'ping red → green, IPv4', see: answered },
  });
  onFirstPing();
  await story.show(`${inside('red')} ping ${options} fd00:2::2`, {
    check: { name: 'ping red → green, IPv6', see: answered },
  });
  await story.show(`${inside('red')} traceroute -n 10.2.0.2`, {
    check: { name: 'traceroute red → green, IPv4', see: (output) => hops(output, ['10.1.0.1', '10.2.0.2']) },
  });
  await story.show(`${inside('red')} traceroute -n fd00:2::2`, {
    check: {
      name: 'traceroute red → green, IPv6',
      see: (output) => hops(output, ['fd00:1::1', 'fd00:2::2']),
    },
  });
  await story.show(`${ctl} ping fd00:1::2 count 2 delay 200`, {
    check: { name: "the router's own ping", see: matching(/2 received, 0% packet loss/, '2 of 2 answered') },
  });
}

async function flows({ green }: DemoNetwork, story: Story): Promise<void> {
  story.chapter('TCP and UDP', 'A server on green: iperf3 -s');
  await using server = green.start('iperf3 -s --forceflush');
  await server.said(/Server listening/);
  const only = /sec .*(sender|receiver)/;
  await story.show(`${inside('red')} iperf3 -t 1 -c 10.2.0.2`, {
    only,
    check: { name: 'iperf3 red → green, TCP, IPv4', see: bitRate },
  });
  await story.show(`${inside('red')} iperf3 -t 1 -c fd00:2::2`, {
    only,
    check: { name: 'iperf3 red → green, TCP, IPv6', see: bitRate },
  });
  await story.show(`${inside('red')} iperf3 -t 1 -u -b 100M -c 10.2.0.2`, {
    only,
    check: { name: 'iperf3 red → green, UDP, IPv4', see: bitRate },
  });
}

async function application({ app }: DemoNetwork, story: Story): Promise<void> {
  story.chapter('A DPDK application', 'testpmd serves two vhost-user sockets and forwards between them:');
  story.tell(`  ${app.command.slice(3).join(' ')}`);
  const options = '-c 3 -i 0.2 -W 2';
  const before = await app.counted(0);
  await story.show(`${inside('red')} ping ${options} 10.3.0.2`, {
    check: { name: 'ping red → blue through the application, IPv4', see: answered },
  });
  await story.show(`${inside('red')} ping ${options} fd00:3::2`, {
    check: { name: 'ping red → blue through the application, IPv6', see: answered },
  });
  await story.show(`${inside('red')} traceroute -n 10.3.0.2`, {
    check: {
      name: 'traceroute shows both VRFs',
      see: (output) => hops(output, ['10.1.0.1', '10.9.0.2', '10.3.0.2']),
    },
  });
  const after = await app.counted(0);
  const [received, sent] = [after.received - before.received, after.sent - before.sent];
  story.tell(`\ntestpmd's own counters for port 0: ${received} packets received, ${sent} sent`);
  story.check(
    'packets forwarded by the application',
    received > 6 && sent > 6 ? `${received} in, ${sent} out, by testpmd's own count` : undefined,
  );

  story.tell('\nNow it answers by itself, ARP and ping, for any address (set fwd icmpecho):');
  await app.forward('icmpecho');
  await story.show(`${inside('red')} ping ${options} 10.9.0.77`, {
    check: { name: 'ping answered by the application', see: answered },
  });
  await app.forward('io');
}

async function trace(story: Story): Promise<void> {
  story.chapter('The way of one packet', 'Every stage with its decision and the headers it saw:');
  await story.show(
    `${ctl} trace enable iface red && ${inside('red')} ping -c 1 -W 2 10.2.0.2 >/dev/null; ${ctl} trace disable all`,
  );
  await story.show(`${ctl} trace show count 1`, {
    lines: 30,
    check: {
      name: 'trace of one packet',
      see: (output) => stagesOf(output, ['port-rx', 'ip4-input', 'ip4-forward', 'ip4-output', 'port-tx']),
    },
  });
}

function stagesOf(output: string, expected: readonly string[]): string | undefined {
  const stages = [...output.matchAll(/^ {2}(\S+) ->/gm)].map(([, stage]) => stage);
  return expected.every((stage) => stages.includes(stage)) ? stages.join(' → ') : undefined;
}

async function drops(story: Story): Promise<void> {
  story.chapter(
    'Every drop has a name',
    'A packet whose time is over, one without a route, one that must not be cut:',
  );
  await story.show(`${ctl} stats reset`);
  await story.show(`${inside('red')} ping -c 1 -W 1 -t 1 10.2.0.2`, { only: /From/ });
  await story.show(`${inside('red')} ping -c 1 -W 1 203.0.113.1`, { only: /From/ });
  await story.show(`${inside('red')} ping -c 1 -W 1 2001:db8::1`, { only: /From/ });
  await story.show(`${ctl} interface set port green mtu 1280`);
  await story.show(`${inside('red')} ping -c 1 -W 1 -M do -s 1400 10.2.0.2`, { only: /From|ping:/ });
  await story.show(`${ctl} interface set port green mtu 1500`);
  await story.show(`${ctl} stats show software brief order packets`, {
    only: /^NODE|exceeded|route|fragment|too-big/,
    check: { name: 'drop counters', see: dropsIn },
  });
}

function dropsIn(output: string): string | undefined {
  const names = [...output.matchAll(/^(ip[46]-(?:ttl|hop|no-route|needs|too)\S*)\s+\d+/gm)].map(
    ([, name]) => name,
  );
  return names.length >= 3 ? names.join(', ') : undefined;
}

async function rates({ red }: DemoNetwork, story: Story): Promise<void> {
  story.chapter('Rates', 'While red pings green and blue as fast as they answer:');
  await using first = red.start('ping -q -f 10.2.0.2');
  await using second = red.start('ping -q -f fd00:3::2');
  await eventually(() => {
    if (!first.running || !second.running) throw first.failure('expected a ping that goes on');
  });
  await story.show(`sleep 1.2; ${ctl} interface rates`, {
    check: { name: 'rates', see: busiest },
  });
  await story.show(`${ctl} interface stats`);
  await story.show(`${ctl} stats show order cycles`, { lines: 8 });
}

function busiest(output: string): string | undefined {
  const numbers = [...output.matchAll(/^red\s+(\d[\d.]*\S*)/gm)].map(([, rate]) => rate);
  return numbers.length > 0 ? `red receives ${numbers[0]} packets/s` : undefined;
}
