import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../../net/frame/build.ts';
import type { Interface } from '../../interface/index.ts';
import { LinkBench } from '../../interface/testing/link-bench.ts';
import { Bonds } from '../bonds.ts';
import type { BondSettings } from '../settings.ts';

export const BOND_MAC = '02:00:00:00:00:b0';

/** Bonds of real interfaces over the real datapath. */
export class BondBench {
  readonly links: LinkBench;
  readonly bonds: Bonds;
  /** Names of interfaces whose addresses were announced. */
  readonly announced: string[] = [];
  nowMs = 0;
  /** Ports whose links are looked at often. */
  readonly watched = new Set<number>();

  private constructor(links: LinkBench) {
    this.links = links;
    this.bonds = new Bonds(links.router, {
      interfaces: links.interfaces,
      announce: ({ name }) => void this.announced.push(name),
      watchClosely: (port, closely) => void (closely ? this.watched.add(port) : this.watched.delete(port)),
      wait: async () => {},
      nowMs: () => this.nowMs,
    });
  }

  static async open(): Promise<BondBench> {
    const links = await LinkBench.open();
    links.interfaces.defineMode('XC', 'xc-forward');
    return new BondBench(links);
  }

  /** Adds bond0 and so many ports p1, p2 … as its members. */
  async bond(settings: Partial<BondSettings>, members: number): Promise<Interface> {
    const bond = this.bonds.add('bond0', { mode: 'active-backup', balance: 'l3+l4', ...settings }, {});
    for (let number = 1; number <= members; number++) {
      this.links.port(number);
      await this.links.interfaces.set(`p${number}`, { domain: bond.id });
    }
    return bond;
  }

  /** Takes the link of port N away, or brings it back. */
  link(number: number, running: boolean): void {
    this.links.interfaces.note(this.links.interfaces.named('find', `p${number}`).id, { running });
  }

  /** Sends a frame by an interface, and tells by which ports it has left. */
  send(output: Interface, frame: Uint8Array, olFlags = 0n): readonly number[] {
    const { sent } = this.links.bench.inject('frame-output', frame, { output: output.id, olFlags });
    return sent.map(({ port }) => port);
  }
}

/** A UDP packet of a flow in a frame. */
export function flow(number: number, { family = 4, source = '02:00:00:00:00:99' } = {}): Uint8Array {
  const datagram = udpDatagram({ source: 1000 + number, destination: 53 }, new Uint8Array(20));
  const addresses =
    family === 4
      ? { source: '10.0.0.1', destination: '10.0.0.2' }
      : { source: 'fd00::1', destination: 'fd00::2' };
  const packet =
    family === 4
      ? ipv4Packet({ ...addresses, protocol: 17 }, datagram)
      : ipv6Packet({ ...addresses, nextHeader: 17 }, datagram);
  return etherFrame(
    { source, destination: '02:00:00:00:00:77', etherType: family === 4 ? 0x0800 : 0x86dd },
    packet,
  );
}
