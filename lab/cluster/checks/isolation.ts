import assert from 'node:assert/strict';
import type { Capture } from '../../witness/capture.ts';
import { assertPings } from '../../witness/ping.ts';
import { captureIn, stopWith } from '../capture.ts';
import type { Lab, LabCheck } from './check.ts';
import { hostOf, isKernel, nameOf, type Station, stationsOf } from './pairs.ts';

/** Of two networks with the same addresses, a packet of one is never seen in the other. */
export function isolationChecks(lab: Lab): readonly LabCheck[] {
  return twins(lab).map(({ station, twin }) => ({
    name: `${nameOf(station)} and ${nameOf(twin)} have the address ${station.iface.ip4}, and each its own pings`,
    look: () => pingOne(lab, station, twin),
  }));
}

/** Interfaces of different networks that have the same address, once each. */
function twins(lab: Lab) {
  const kernel = stationsOf(lab).filter(isKernel);
  return kernel.flatMap((station, index) => {
    const twin = kernel
      .slice(index + 1)
      .find(({ iface }) => iface.ip4 === station.iface.ip4 && iface.network !== station.iface.network);
    return twin === undefined ? [] : [{ station, twin }];
  });
}

async function pingOne(lab: Lab, station: Station, twin: Station): Promise<string> {
  const from = neighborsOf(lab, station).find(isKernel);
  const { ip4 } = station.iface;
  assert.ok(from && ip4, `expected a neighbour of ${nameOf(station)} to ping from`);
  await using here = await captureAt(station);
  await using there = await captureAt(twin);
  await assertPings(hostOf(from), ip4);
  const seen = await stopWith(here, 6); // three questions, three answers
  await there.stop();
  const strange = await there.lines();
  assert.deepEqual(strange, [], `expected none at ${nameOf(twin)}`);
  return `${seen.length} packets here, 0 there`;
}

/** Interfaces of other pods in the same network. */
function neighborsOf(lab: Lab, { pod, iface }: Station): readonly Station[] {
  return stationsOf(lab).filter((each) => each.iface.network === iface.network && each.pod.name !== pod.name);
}

function captureAt({ pod, iface }: Station): Promise<Capture> {
  return captureIn(pod.namespace, iface.name, 'icmp');
}
