import { macToBytes, parseMac } from '../../../net/mac.ts';
import { etherTypeEntry } from '../../ether/index.ts';
import { LinkBench } from '../../interface/testing/link-bench.ts';
import { Vlans } from '../vlans.ts';

/** Sub-interfaces on real interfaces over the real datapath. */
export async function openVlanBench(): Promise<{ readonly links: LinkBench; readonly vlans: Vlans }> {
  const links = await LinkBench.open();
  links.interfaces.defineMode('XC', 'xc-forward');
  const { bench } = links;
  for (const etherType of [0x8100, 0x88a8]) {
    const entry = etherTypeEntry(bench.region('ETHER_TYPES'), etherType);
    bench.view.setUint16(entry, bench.node('vlan-priority'), true);
  }
  return { links, vlans: new Vlans(links.router, links.interfaces) };
}

/** A tag: its ethertype and its 16 bits. */
export type TagWords = readonly [type: number, tci: number];

/** A frame of 60 bytes of payload behind so many tags. */
export function tagged(...tags: readonly TagWords[]): Uint8Array {
  const words = [...tags.flat(), 0x88b5];
  const macs = ['02:00:00:00:00:01', '02:00:00:00:00:99'].flatMap((mac) => [...macToBytes(parseMac(mac))]);
  const bytes = words.flatMap((word) => [word >> 8, word & 255]);
  return Uint8Array.from([...macs, ...bytes, ...Array.from({ length: 60 }, (_, i) => i)]);
}
