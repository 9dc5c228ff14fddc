import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ipv6Options, joinBytes } from '../../net/frame/build.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { Rule } from './rule.ts';
import {
  type FilterBench,
  frame4,
  frame6,
  icmp,
  openFilterBench,
  ruleOf,
  transport,
} from './testing/filter-bench.ts';

let bench: FilterBench;

beforeEach(async () => {
  bench = await openFilterBench();
});

/** Gives p1 the rules, in their order, for what it receives. */
function rules(...wanted: Partial<Rule>[]): void {
  for (const rule of wanted) bench.filters.add('list', ruleOf(rule));
  bench.bindings.bind('list', 'p1', 'in');
}

/** What becomes of a frame on the fast way and stage by stage. */
function fate(frame: Uint8Array, segmentBytes?: number): string {
  const options = segmentBytes === undefined ? {} : { segmentBytes };
  const fast = Object.keys(bench.links.receive(1, frame, options).ended).join();
  bench.links.bench.mode = 1;
  const slow = Object.keys(bench.links.receive(1, frame, options).ended).join();
  bench.links.bench.mode = 0;
  assert.equal(fast, slow);
  return fast;
}

const udp = (source: number, destination: number) => transport(source, destination);
const tcp = (flags: number, destination = 80) => frame4({ protocol: 6 }, transport(1000, destination, flags));
const prefix = parsePrefix;
const port = (first: number, last = first) => ({ first, last });

describe('a list at an interface', () => {
  it('denies what no rule permits', () => {
    rules({ source: prefix('10.9.0.0/16') });
    assert.equal(fate(frame4({}, udp(1, 2))), 'filter-denied');
    assert.equal(fate(frame4({ source: '10.9.255.255' }, udp(1, 2))), 'sent');
  });

  it('is gone when it is taken away', () => {
    rules({ action: 'deny' });
    assert.equal(fate(frame4({}, udp(1, 2))), 'filter-denied');
    bench.bindings.unbind('p1', 'in');
    assert.equal(fate(frame4({}, udp(1, 2))), 'sent');
  });

  it('has its first rule that matches decide', () => {
    rules(
      { destination: prefix('10.0.1.0/24'), action: 'deny' },
      { destination: prefix('10.0.0.0/8') },
      { destination: prefix('10.0.1.1/32') },
    );
    assert.equal(fate(frame4({}, udp(1, 2))), 'filter-denied');
    assert.equal(fate(frame4({ destination: '10.0.2.1' }, udp(1, 2))), 'sent');
  });

  it('permits what no rule denies where it is told to', () => {
    rules({ action: 'deny', source: prefix('10.9.0.0/16') });
    bench.filters.set('list', { other: 'permit' });
    assert.equal(fate(frame4({}, udp(1, 2))), 'sent');
    assert.equal(fate(frame4({ source: '10.9.0.1' }, udp(1, 2))), 'filter-denied');
  });

  it('lets pass what is not IP: ARP above all', () => {
    rules({ action: 'deny' });
    const arp = frame4({}, udp(1, 2));
    arp.set([8, 6], 12);
    assert.equal(fate(arp), 'sent');
  });

  it('decides what is sent as well', () => {
    bench.filters.add('out', ruleOf({ action: 'deny', protocol: 17 }));
    bench.filters.set('out', { other: 'permit' });
    bench.bindings.bind('out', 'p2', 'out');
    assert.equal(fate(frame4({}, udp(1, 2))), 'filter-denied');
    assert.equal(fate(tcp(2)), 'sent');
  });
});

describe('a rule', () => {
  it('sees ports, of the protocols that have some', () => {
    rules({ protocol: 17, sourcePort: port(1000, 2000), destinationPort: port(53) });
    assert.equal(fate(frame4({}, udp(1000, 53))), 'sent');
    assert.equal(fate(frame4({}, udp(2000, 53))), 'sent');
    assert.equal(fate(frame4({}, udp(2001, 53))), 'filter-denied');
    assert.equal(fate(frame4({}, udp(999, 53))), 'filter-denied');
    assert.equal(fate(frame4({}, udp(1000, 54))), 'filter-denied');
    assert.equal(fate(frame6({}, udp(1500, 53))), 'sent');
    assert.equal(fate(frame4({ protocol: 132 }, udp(1500, 53))), 'filter-denied');
  });

  it("sees TCP's flags, and those of a connection that exists", () => {
    rules({ protocol: 6, tcpFlags: { mask: 0x12, value: 0x02 }, action: 'deny' }, { established: true });
    assert.equal(fate(tcp(0x02)), 'filter-denied');
    assert.equal(fate(tcp(0x12)), 'sent');
    assert.equal(fate(tcp(0x04)), 'sent');
    assert.equal(fate(tcp(0x01)), 'filter-denied');
    assert.equal(fate(frame4({}, udp(1, 2))), 'filter-denied');
  });

  it('sees ICMP types and codes of both families', () => {
    rules({ icmpType: 3, icmpCode: 4 }, { icmpType: 128 });
    assert.equal(fate(frame4({ protocol: 1 }, icmp(3, 4))), 'sent');
    assert.equal(fate(frame4({ protocol: 1 }, icmp(3, 1))), 'filter-denied');
    assert.equal(fate(frame6({ nextHeader: 58 }, icmp(128))), 'sent');
    assert.equal(fate(frame6({ nextHeader: 1 }, icmp(128))), 'filter-denied');
  });

  it('sees the DSCP, whatever ECN says', () => {
    rules({ dscp: 46 });
    assert.equal(fate(frame4({ tos: 0xb9 }, udp(1, 2))), 'sent');
    assert.equal(fate(frame4({ tos: 0xbc }, udp(1, 2))), 'filter-denied');
    assert.equal(fate(frame6({ trafficClass: 0xb8 }, udp(1, 2))), 'sent');
    assert.equal(fate(frame6({ trafficClass: 0x58 }, udp(1, 2))), 'filter-denied');
  });

  it('sees all bits of IPv6 prefixes', () => {
    rules({ source: prefix('2001:db8:0:1::/63') }, { destination: prefix('2001:db8::1:0:0:7/127') });
    assert.equal(fate(frame6({ source: '2001:db8:0:1::5' }, udp(1, 2))), 'sent');
    assert.equal(fate(frame6({ source: '2001:db8:0:2::5' }, udp(1, 2))), 'filter-denied');
    assert.equal(fate(frame6({ destination: '2001:db8::1:0:0:6' }, udp(1, 2))), 'sent');
    assert.equal(fate(frame6({ destination: '2001:db8::1:0:0:8' }, udp(1, 2))), 'filter-denied');
  });

  it('sees what is behind VLAN tags, options and extension headers', () => {
    rules({ protocol: 17, destinationPort: port(53) });
    const plain = frame4({ options: new Uint8Array(8).fill(1) }, udp(1, 53));
    const tags = Uint8Array.of(0x88, 0xa8, 0, 9, 0x81, 0, 0, 5);
    assert.equal(fate(plain), 'sent');
    assert.equal(fate(joinBytes(plain.subarray(0, 12), tags, plain.subarray(12))), 'sent');
    const options = ipv6Options(60, new Uint8Array(0));
    const more = ipv6Options(17, new Uint8Array(9));
    assert.equal(fate(frame6({ nextHeader: 0 }, joinBytes(options, more, udp(1, 53)))), 'sent');
    assert.equal(fate(frame6({ nextHeader: 0 }, joinBytes(options, more, udp(1, 54)))), 'filter-denied');
  });
});

describe('a fragment that is not the first', () => {
  const later4 = (protocol = 17) => frame4({ protocol, fragmentOffset: 64 }, udp(1, 53));
  const later6 = joinBytes(Uint8Array.of(17, 0, 0, 64, 0, 0, 0, 1), udp(1, 53));

  it('has no ports, so that a rule with ports does not match it', () => {
    rules({ protocol: 17, destinationPort: port(0, 65535) });
    assert.equal(fate(later4()), 'filter-denied');
    assert.equal(fate(frame6({ nextHeader: 44 }, later6)), 'filter-denied');
    assert.equal(fate(frame4({ moreFragments: true }, udp(1, 53))), 'sent');
  });

  it('is matched by rules that say so, and by those that do not look at ports', () => {
    rules({ protocol: 17, fragment: true }, { protocol: 6 });
    assert.equal(fate(later4()), 'sent');
    assert.equal(fate(later4(6)), 'sent');
    assert.equal(fate(later4(132)), 'filter-denied');
    assert.equal(fate(frame6({ nextHeader: 44 }, later6)), 'sent');
    assert.equal(fate(frame4({}, udp(1, 53))), 'filter-denied');
  });

  it('that could change the flags of TCP is dropped', () => {
    rules({});
    assert.equal(fate(frame4({ protocol: 6, fragmentOffset: 8 }, udp(1, 53))), 'filter-unreadable');
  });
});

describe('what cannot be read', () => {
  beforeEach(() => rules({}));

  for (const [what, frame] of [
    ['an Ethernet header', frame4({}, udp(1, 2)).subarray(0, 13)],
    ['an IPv4 header', frame4({}, udp(1, 2)).subarray(0, 33)],
    ['ports', frame4({}, udp(1, 2)).subarray(0, 37)],
    ['flags', frame4({ protocol: 6 }, transport(1, 2, 2)).subarray(0, 47)],
    ['an ICMP type', frame4({ protocol: 1 }, icmp(8)).subarray(0, 35)],
    ['an IPv6 header', frame6({}, udp(1, 2)).subarray(0, 53)],
    ['an extension header', frame6({ nextHeader: 0 }, Uint8Array.of(17, 1, 0, 0, 0, 0, 0, 0))],
  ] as const) {
    it(`is dropped: ${what} that is cut off`, () => assert.equal(fate(frame), 'filter-unreadable'));
  }

  it('is dropped: a packet whose length says that there is no header', () => {
    const frame = frame4({}, udp(1, 2));
    frame[17] = 19;
    assert.equal(fate(frame), 'filter-unreadable');
  });

  it('is dropped: five VLAN tags', () => {
    const plain = frame4({}, udp(1, 2));
    const tagged = (count: number) =>
      joinBytes(
        plain.subarray(0, 12),
        ...Array.from({ length: count }, () => Uint8Array.of(0x81, 0, 0, 5)),
        plain.subarray(12),
      );
    assert.equal(fate(tagged(4)), 'sent');
    assert.equal(fate(tagged(5)), 'filter-unreadable');
  });

  it('is dropped: headers that lie in several segments', () => {
    assert.equal(fate(frame4({}, udp(1, 2)), 30), 'filter-unreadable');
    assert.equal(fate(frame4({}, joinBytes(udp(1, 2), new Uint8Array(50))), 64), 'sent');
  });
});

describe('neighbour discovery', () => {
  const solicitation = (hopLimit: number) => frame6({ nextHeader: 58, hopLimit }, icmp(135));

  it('passes where no rule meets it and it comes from the link', () => {
    rules({ protocol: 6 });
    assert.equal(fate(solicitation(255)), 'sent');
    assert.equal(fate(solicitation(254)), 'filter-denied');
    assert.equal(fate(frame6({ nextHeader: 58, hopLimit: 255 }, icmp(128))), 'filter-denied');
  });

  it('can be denied by a rule', () => {
    rules({ icmpType: 135, action: 'deny' });
    assert.equal(fate(solicitation(255)), 'filter-denied');
  });
});
