import { fileURLToPath } from 'node:url';
import type { Outcome, ReceivedFrame } from '../../../engine/host/scratch-datapath.ts';
import { WORKER_AREAS } from '../../../engine/layout.ts';
import { Bench } from '../../../engine/testing/bench.ts';
import { parseMac } from '../../../net/mac.ts';
import { packetPath } from '../../../programs/vrouter/packet-path.ts';
import { BenchRouter } from '../../neighbor/testing/bench-router.ts';
import type { Interface, InterfaceType, NewInterface } from '../index.ts';
import { Interfaces, interfaceDefaults } from '../index.ts';
import { INTERFACE_RECORD_BYTES } from '../layout.ts';

/** Quiet at once: nothing runs while the test does not say so. */
class QuietRouter extends BenchRouter {
  override async quiet(): Promise<void> {}
}

/** Real interfaces over the real datapath, with ports that are none: what a port is asked for is written down. */
export class LinkBench implements InterfaceType {
  readonly bench: Bench;
  readonly router: QuietRouter;
  readonly interfaces: Interfaces;
  /** The ports that receive what is for other stations. */
  readonly receivingAll = new Set<string>();

  constructor(bench: Bench) {
    this.bench = bench;
    this.router = new QuietRouter(bench);
    this.interfaces = new Interfaces(this.router);
    this.interfaces.defineMode('VRF', 'ether-input');
    this.interfaces.defineType('port', this);
  }

  static async open(): Promise<LinkBench> {
    const buildFolder = fileURLToPath(new URL('../../../../build', import.meta.url));
    return new LinkBench(await Bench.open(packetPath, buildFolder));
  }

  /** Adds port N with the address 02:00:00:00:00:0N. */
  port(number: number, attributes: Partial<NewInterface> = {}): Interface {
    const iface = this.interfaces.add({ ...plainPort(number), ...attributes });
    this.bench.view.setUint16(this.bench.region('PORT_INTERFACES') + number * 2, iface.id, true);
    return iface;
  }

  /** Receives a frame on a port. */
  receive(port: number, frame: Uint8Array, options: ReceivedFrame = {}): Outcome {
    return this.bench.receive(port, [frame], options);
  }

  /** Packets that an interface has received. */
  received(name: string): number {
    const record =
      this.bench.region('INTERFACE_STATS_OFFSET') +
      this.interfaces.named('count', name).id * INTERFACE_RECORD_BYTES;
    return Number(this.bench.view.getBigUint64(WORKER_AREAS + record, true));
  }

  /** Packets that an interface has sent. */
  sent(name: string): number {
    const record =
      this.bench.region('INTERFACE_STATS_OFFSET') +
      this.interfaces.named('count', name).id * INTERFACE_RECORD_BYTES;
    return Number(this.bench.view.getBigUint64(WORKER_AREAS + record + 16, true));
  }

  /** What a port makes of a change; a test may put something in its place. */
  change: (before: Interface, after: Interface) => Interface = (_, after) => after;

  receiveAll(iface: Interface, all: boolean): void {
    if (all) this.receivingAll.add(iface.name);
    else this.receivingAll.delete(iface.name);
  }

  async remove(): Promise<void> {}

  details(): { readonly info: readonly string[]; readonly fields: Record<string, never> } {
    return { info: [], fields: {} };
  }
}

function plainPort(number: number): NewInterface {
  return {
    ...interfaceDefaults,
    name: `p${number}`,
    type: 'port',
    mtu: 1500,
    mac: parseMac(`02:00:00:00:00:${String(number).padStart(2, '0')}`),
    speedMbps: 1000,
    port: number,
    outputStage: 'port-tx',
  };
}
