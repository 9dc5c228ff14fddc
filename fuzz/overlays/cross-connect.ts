import { INTERFACE_RUNNING, INTERFACE_UP } from '../../src/features/interface/layout.ts';
import { parseMac } from '../../src/net/mac.ts';
import { type Ground, placeOf } from './ground.ts';

const MTU = 200;

/** Adds two ports that are bound to each other, and one that is bound to an interface that is down. */
export function addCrossConnect({ topology, interfaces, ports, bridged }: Ground): void {
  const { bench } = topology;
  for (const [id, port, domain] of [
    [13, 7, 14],
    [14, 8, 13],
    [15, 9, 4],
  ] as const) {
    topology.interfaces.write(id, {
      flags: INTERFACE_UP | INTERFACE_RUNNING,
      vrf: 1,
      mtu: MTU,
      mac: parseMac(`02:00:00:00:00:${id}`),
      port,
      modeNode: bench.node('xc-forward'),
      outputNode: bench.node('port-tx'),
      domain,
    });
    bench.view.setUint16(bench.region('PORT_INTERFACES') + port * 2, id, true);
    interfaces.push(id);
    ports.add(port);
    bridged.set(placeOf(port, []), MTU);
  }
}
