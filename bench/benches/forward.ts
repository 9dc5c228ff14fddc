import type { Bench, Result, Settings } from '../bench.ts';
import { compare } from '../compare.ts';
import { grout, groutHugepages } from '../peers/grout.ts';
import { l3fwd } from '../peers/l3fwd.ts';
import { millrace } from '../peers/millrace.ts';
import { millraceByApi } from '../peers/millrace-by-api.ts';
import { ovsDpdk } from '../peers/ovs-dpdk.ts';
import { testpmd } from '../peers/testpmd.ts';
import { turnsOf } from '../turns.ts';
import { fewIpv4Routes, fewIpv6Routes, manyIpv4Routes, mixedTraffic } from '../workload.ts';

/** IPv4 packets of 60 bytes on one core; 256 routes, or what `--routes` or `--mix` asks for. */
export const forward: Bench = {
  name: 'forward',
  about: 'IPv4, 60-byte UDP, one core',
  run: (settings) => {
    if (settings.mix) return forwardMix.run(settings);
    return settings.routes === undefined ? forwardFew(settings) : forwardRoutes.run(settings);
  },
};

/** The same with a table of the Internet's size. */
export const forwardRoutes: Bench = {
  name: 'forward-routes',
  about: 'IPv4, 60-byte UDP, one core, 1,000,000 routes and random destinations (`forward --routes N`)',
  run: (settings) => forwardMany(settings, settings.routes ?? 1_000_000),
};

/** IPv6 packets of 62 bytes on one core, 256 routes. */
export const forward6: Bench = {
  name: 'forward6',
  about: 'IPv6, 62-byte UDP, one core',
  run: (settings) =>
    compare(settings, {
      bench: 'forward6',
      about: 'IPv6, 62-byte UDP, one core, 256 routes /64',
      turns: turnsOf(fewIpv6Routes(), allPeers),
      goals: [{ ratioTo: 'grout', atLeast: 2, must: 1.5 }],
    }),
};

/** Packets of all sizes and both families. */
export const forwardMix: Bench = {
  name: 'forward-mix',
  about: 'IPv4 and IPv6 in turn, 60 to 1514 bytes (7:4:1), 10,000 flows, one core (`forward --mix`)',
  run: (settings) =>
    compare(settings, {
      bench: 'forward-mix',
      about: 'IPv4 and IPv6 in turn, 60, 590 and 1514 bytes as 7:4:1, 10,000 flows, one core, 512 routes',
      turns: turnsOf(mixedTraffic(), allPeers),
      goals: [],
    }),
};

const allPeers = [millrace, l3fwd, testpmd, grout, groutHugepages, ovsDpdk];

function forwardFew(settings: Settings): Promise<readonly Result[]> {
  return compare(settings, {
    bench: 'forward',
    about: 'IPv4, 60-byte UDP, one core, 256 routes /24',
    turns: turnsOf(fewIpv4Routes(), allPeers),
    goals: [
      { ratioTo: 'l3fwd', atLeast: 0.9, must: 0.75 },
      { ratioTo: 'grout', atLeast: 2.5, must: 2.2 },
      { ratioTo: 'ovs-dpdk', atLeast: 3.5, must: 3 },
    ],
  });
}

// l3fwd is not asked: the rule table of its library is searched linearly and would take hours to fill. Filling
// Grout's takes minutes, so only the faster of its two variants is measured.
function forwardMany(settings: Settings, routes: number): Promise<readonly Result[]> {
  return compare(settings, {
    bench: 'forward-routes',
    about: `IPv4, 60-byte UDP, one core, ${routes.toLocaleString('en')} routes /16 to /24, random destinations`,
    turns: [
      ...turnsOf(manyIpv4Routes(routes), [millraceByApi, groutHugepages]),
      { name: fewRoutes, peer: millrace, workload: fewIpv4Routes() },
    ],
    startOnce: true,
    goals: [
      { ratioTo: fewRoutes, atLeast: 0.8, must: 0.6 },
      { ratioTo: groutHugepages.name, atLeast: 2, must: 1.5 },
    ],
    note: `Millrace has its routes by a stream of its API, Grout by a file of its client. "${fewRoutes}" is Millrace itself with the 256 routes of \`forward\`.`,
  });
}

const fewRoutes = 'few-routes';
