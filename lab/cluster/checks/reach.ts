import assert from 'node:assert/strict';
import { assertPings } from '../../witness/ping.ts';
import { captureIn, stopWith } from '../capture.ts';
import { underlayEnd } from '../underlay.ts';
import type { Lab, LabCheck } from './check.ts';
import { hostOf, nameOf, type Pair, pairsOf, wayOf } from './pairs.ts';

/** Interfaces of a network reach each other in both families, and travel between nodes as planned. */
export function reachChecks(lab: Lab): readonly LabCheck[] {
  return pairsOf(lab).map((pair) => {
    const way = wayOf(lab, pair);
    const encapsulation = way?.kind === 'tunnel' ? way.encapsulation : undefined;
    const how = way === undefined ? 'on one node' : `in ${encapsulation ?? way.kind}`;
    return {
      name: `${nameOf(pair.from)} ↔ ${nameOf(pair.to)} ${how}`,
      look: () => (encapsulation === undefined ? pingBoth(pair) : pingWatched(lab, pair, encapsulation)),
    };
  });
}

async function pingBoth({ from, to }: Pair): Promise<string> {
  const addresses = [to.iface.ip4, to.iface.ip6].flatMap((address) => address ?? []);
  const results = await Promise.all(addresses.map((address) => assertPings(hostOf(from), address)));
  const times = results.map(({ output }) => /= [\d.]+\/([\d.]+)\//.exec(output)?.[1] ?? '?');
  return `${times.join(' and ')} ms`;
}

/** Pings, and asks tcpdump and tshark on the underlay what they have seen meanwhile. */
async function pingWatched(lab: Lab, pair: Pair, encapsulation: keyof typeof filters): Promise<string> {
  const link = underlayEnd(pair.from.pod.node);
  await using capture = await captureIn(lab.place.underlay, link);
  const seen = await pingBoth(pair);
  const inside = await stopWith(capture, 12, filters[encapsulation]); // six questions, six answers
  const { ip4 } = pair.to.iface;
  const bare = await capture.lines(`host ${ip4} and icmp`);
  assert.deepEqual(bare, [], 'expected nothing on the underlay without a header around it');
  assert.deepEqual(await capture.faulty(), []);
  return `${seen}; ${inside.length} packets in ${encapsulation} on the underlay`;
}

const filters = { mplsoudp: 'udp port 6635', mplsogre: 'ip proto 47', vxlan: 'udp port 4789' } as const;
