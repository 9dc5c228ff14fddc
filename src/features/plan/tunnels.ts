import type { NetworkCore } from '../network/index.ts';
import type { NodeRouter } from '../node/index.ts';
import type { Way } from './plan.ts';

/** What of a node decides how it sends: two nodes with the same class have the same tunnels. */
export function senderClass({ underlay, farEnds }: NodeRouter): string {
  return [...[...underlay.encapsulations].sort(), ...Object.keys(farEnds)].join(' ');
}

/** Chooses how a network's packets travel: the first of its encapsulations that both nodes can. */
export function wayBetween(core: NetworkCore, sender: NodeRouter, remote: NodeRouter): Way {
  const farEnd = farEndOf(sender, remote);
  if (farEnd === undefined)
    return unreachable(`this node and ${remote.node} have no address of the same family in the VRF main`);
  const encapsulation = core.encapsulations.find(
    (each) => sender.underlay.encapsulations.includes(each) && remote.underlay.encapsulations.includes(each),
  );
  if (encapsulation === undefined)
    return unreachable(
      `this node and ${remote.node} do not both have one of ${core.encapsulations.join(', ')}`,
    );
  if (encapsulation !== 'vxlan') return { kind: 'tunnel', encapsulation, farEnd, number: core.label };
  return { kind: 'tunnel', encapsulation, farEnd, number: core.vni };
}

function farEndOf(sender: NodeRouter, remote: NodeRouter): string | undefined {
  if (sender.farEnds.ipv4 !== undefined && remote.farEnds.ipv4 !== undefined) return remote.farEnds.ipv4;
  return sender.farEnds.ipv6 === undefined ? undefined : remote.farEnds.ipv6;
}

function unreachable(reason: string): Way {
  return { kind: 'unreachable', reason };
}
