import { answered, bitRate, matching } from '../seen.ts';
import type { Story } from '../story.ts';
import type { DemoNetwork } from './network.ts';

const ctl = 'bin/millrace ctl';
const inside = (host: string) => `ip netns exec millrace-${host}`;
const ping = `${inside('red')} ping -c 3 -i 0.3 -W 1 10.2.0.2`;

/** Shows what one interface can do beside routing: other addresses, rules, rates. */
export async function showEdge({ green }: DemoNetwork, story: Story): Promise<void> {
  await translate(story);
  await filter(story);
  await police(green, story);
}

async function translate(story: Story): Promise<void> {
  story.chapter('NAT', "Who leaves by green from red's network gets one address; tcpdump sees it on green:");
  await story.show(`${ctl} snat44 add interface green subnet 10.1.0.0/24 replace 10.2.0.1`);
  const seen = `${inside('green')} timeout 10 tcpdump -n -l -c 2 -i x-green icmp 2>/dev/null`;
  await story.show(`${seen} & sleep 1; ${ping} >/dev/null; wait`, {
    check: {
      name: 'NAT, as green sees red',
      see: matching(/10\.2\.0\.1 > 10\.2\.0\.2: ICMP echo request/, '10.1.0.2 is 10.2.0.1'),
    },
  });
  await story.show(`${ctl} conntrack show`, {
    check: { name: 'NAT, the session', see: matching(/10\.1\.0\.2.*10\.2\.0\.2/, '10.1.0.2 → 10.2.0.2') },
  });
  await story.show(`${ctl} snat44 del interface green subnet 10.1.0.0/24 replace 10.2.0.1`);
}

async function filter(story: Story): Promise<void> {
  story.chapter('Lists of rules', 'Red may no longer ping green, and the router says why:');
  await story.show(`${ctl} filter add from-red deny icmp-type 8 dst 10.2.0.0/24 name no-ping`);
  await story.show(`${ctl} filter set from-red default permit`);
  await story.show(`${ctl} filter bind from-red iface red in`);
  await story.show(`${ping}; ${inside('red')} ping -c 3 -i 0.3 -W 1 fd00:2::2`, {
    check: {
      name: 'filter, IPv4 denied, IPv6 not',
      see: (output) =>
        /100% packet loss/.test(output) && answered(output.slice(output.indexOf('fd00:2::2')))
          ? '0 of 3, and 3 of 3'
          : undefined,
    },
  });
  await story.show(`${ctl} filter explain iface red in src 10.1.0.2 dst 10.2.0.2 proto icmp icmp-type 8`, {
    check: { name: 'filter, explained', see: matching(/no-ping/, 'no-ping') },
  });
  await story.show(`${ctl} filter unbind iface red in`);
}

async function police(green: DemoNetwork['green'], story: Story): Promise<void> {
  story.chapter('Rate limits', 'Red sends 100 Mbit/s of UDP, and is held to 20:');
  await using server = green.start('iperf3 -s --forceflush');
  await server.said(/Server listening/);
  await story.show(`${ctl} police add slow cir 20m cbs 30000`);
  await story.show(`${ctl} police bind slow iface red in`);
  await story.show(`${inside('red')} iperf3 -t 2 -u -b 100M -l 1200 -c 10.2.0.2`, {
    only: /sec .*(sender|receiver)/,
    check: { name: 'rate limit of 20 Mbit/s', see: (output) => heldTo(20, bitRate(output)) },
  });
  await story.show(`${ctl} police stats`);
  await story.show(`${ctl} police unbind iface red in`);
}

/** A rate that iperf3 saw, where it is what the limit leaves of it without headers. */
function heldTo(limit: number, seen: string | undefined): string | undefined {
  const rate = Number.parseFloat(seen ?? '');
  return seen?.includes('Mbits') && rate > 0.8 * limit && rate <= 1.02 * limit ? seen : undefined;
}
