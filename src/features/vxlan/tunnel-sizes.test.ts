import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress, type IpAddress, parseAddress } from '../../net/address.ts';
import { type SizeParts, TunnelSizes } from './tunnel-sizes.ts';
import type { Vxlan } from './vxlan.ts';

describe('the size of a tunnel', () => {
  it('is what the interface with its local address leaves, while no way to a far end is known', () => {
    const story = new Story({ local: '10.0.0.1' });
    assert.equal(story.refreshed(), 1450);
    story.farEnds.push('192.0.2.9');
    assert.equal(story.refreshed(), 1450);
    story.ownerMtu = 9000;
    assert.equal(story.refreshed(), 8950);
  });

  it('is what the narrowest way to its far ends leaves, and follows it', () => {
    const story = new Story({ local: '10.0.0.1', farEnds: ['192.0.2.8', '192.0.2.9'] });
    story.ways.set('192.0.2.8', 1468);
    assert.equal(story.refreshed(), 1418);
    story.ways.set('192.0.2.9', 1400);
    assert.equal(story.refreshed(), 1350);
    story.ways.set('192.0.2.9', 9000);
    assert.equal(story.refreshed(), 1418);
  });

  it('leaves 70 bytes over IPv6, and never less than an interface takes at least', () => {
    const story = new Story({ local: 'fd00::1', farEnds: ['fd00::2'] });
    story.ways.set('fd00::2', 1500);
    assert.equal(story.refreshed(), 1430);
    story.ways.set('fd00::2', 1300);
    assert.equal(story.refreshed(), 1280);
  });

  it('stays what a user has said', () => {
    const story = new Story({ local: '10.0.0.1', farEnds: ['192.0.2.9'] });
    story.ways.set('192.0.2.9', 1400);
    story.refreshed();
    story.mtu = 1300;
    story.ways.set('192.0.2.9', 9000);
    assert.equal(story.refreshed(), 1300);
  });
});

/** One tunnel, interface 7, of which nobody has said its size, over interface 1. */
class Story {
  readonly ways = new Map<string, number>();
  readonly farEnds: string[];
  readonly #sizes: TunnelSizes;
  ownerMtu = 1500;
  mtu: number;

  constructor({ local, farEnds = [] }: { readonly local: string; readonly farEnds?: string[] }) {
    const vxlan: Vxlan = { vni: 100, local: parseAddress(local), encapVrf: 1, port: 4789 };
    this.farEnds = farEnds;
    this.mtu = vxlan.local.family === 'ipv4' ? 1450 : 1430;
    const parts = {
      interfaces: {
        find: (id: number) => ({ id, mtu: id === 7 ? this.mtu : 0 }),
        note: (_: number, { mtu }: { mtu: number }) => {
          this.mtu = mtu;
        },
      },
      addresses: { ownerOf: () => ({ mtu: this.ownerMtu }), sourceFor: () => undefined },
      routes: {
        longest: (_: number, address: IpAddress) =>
          this.ways.has(formatAddress(address))
            ? { nextHop: this.farEnds.indexOf(formatAddress(address)) }
            : undefined,
      },
      nextHops: {
        find: (index: number) => ({
          target: { type: 'encapsulation', mtu: this.ways.get(this.farEnds[index] ?? '') },
        }),
      },
      tunnels: { entries: () => [[7, vxlan]] },
      farEndsOf: () => this.farEnds.map((text) => parseAddress(text)),
    };
    this.#sizes = new TunnelSizes(parts as unknown as SizeParts);
  }

  /** What it takes once the ways have been looked up anew. */
  refreshed(): number {
    this.#sizes.refresh();
    return this.mtu;
  }
}
