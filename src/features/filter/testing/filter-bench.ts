import { etherFrame, ipv4Packet, ipv6Packet, joinBytes } from '../../../net/frame/build.ts';
import { LinkBench } from '../../interface/testing/link-bench.ts';
import { Policers } from '../../police/index.ts';
import { Bindings } from '../bindings.ts';
import { Filters } from '../filters.ts';
import type { Rule } from '../rule.ts';

/** Lists at real interfaces over the real datapath. */
export interface FilterBench {
  readonly links: LinkBench;
  readonly filters: Filters;
  readonly bindings: Bindings;
  readonly policers: Policers;
}

/** Lists and rate limits for interfaces that are there. */
export function filterBenchOn(links: LinkBench): FilterBench {
  const policers = new Policers(links.router, links.interfaces);
  const filters = new Filters(links.router, policers);
  return { links, filters, policers, bindings: new Bindings(filters, links.interfaces) };
}

/** Two ports, of which each sends what the other receives. */
export async function openFilterBench(): Promise<FilterBench> {
  const links = await LinkBench.open();
  links.interfaces.defineMode('XC', 'xc-forward');
  const bench = filterBenchOn(links);
  const [p1, p2] = [links.port(1), links.port(2)];
  await links.interfaces.set('p1', { domain: p2.id });
  await links.interfaces.set('p2', { domain: p1.id });
  return bench;
}

/** A rule that says no more than what is given. */
export function ruleOf(rule: Partial<Rule> = {}): Omit<Rule, 'index'> & { readonly index?: number } {
  return { action: 'permit', name: '', established: false, fragment: false, ...rule };
}

/** A frame with an IPv4 packet. */
export function frame4(fields: Partial<Parameters<typeof ipv4Packet>[0]>, payload: Uint8Array): Uint8Array {
  const packet = ipv4Packet(
    { source: '10.0.0.1', destination: '10.0.1.1', protocol: 17, ...fields },
    payload,
  );
  return etherFrame({ ...ends, etherType: 0x0800 }, packet);
}

/** A frame with an IPv6 packet. */
export function frame6(fields: Partial<Parameters<typeof ipv6Packet>[0]>, payload: Uint8Array): Uint8Array {
  const addresses = { source: 'fd00::1', destination: 'fd00:1::1' };
  return etherFrame(
    { ...ends, etherType: 0x86dd },
    ipv6Packet({ ...addresses, nextHeader: 17, ...fields }, payload),
  );
}

/** What lies behind an IP header: ports, and TCP's flags where it is to be TCP. */
export function transport(source: number, destination: number, flags?: number): Uint8Array {
  const bytes = new Uint8Array(flags === undefined ? 8 : 20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, source);
  view.setUint16(2, destination);
  if (flags === undefined) view.setUint16(4, 8);
  else view.setUint16(12, 0x5000 | flags);
  return bytes;
}

/** A message of ICMP without a checksum. */
export function icmp(type: number, code = 0): Uint8Array {
  return joinBytes(Uint8Array.of(type, code), new Uint8Array(6));
}

const ends = { destination: '02:00:00:00:00:01', source: '02:00:00:00:00:99' };
