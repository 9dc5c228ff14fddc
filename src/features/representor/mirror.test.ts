import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMac } from '../../net/mac.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { changesBetween } from './host-settings.ts';
import { type Mirrored, settingsOf } from './mirror.ts';

const main = device({ name: 'main', kind: 'tun', mtu: 65534 });
const p0 = device({ name: 'p0', addresses: ['fe80::1/64', '10.0.1.1/24', '2001:db8::1/64'] });

describe('the lines that make a TAP and its TUN', () => {
  it('set the devices up, then addresses, then routes, then rules', () => {
    assert.deepEqual(linesBetween([], [main, p0]), [
      'link set dev main mtu 1500',
      'link set dev p0 address 02:00:00:00:00:01 mtu 1500 arp off',
      'link set dev main up',
      'link set dev p0 up',
      'link set dev p0 carrier on',
      'addr replace fe80::1/128 dev p0 noprefixroute nodad',
      'addr replace 10.0.1.1/32 brd 10.0.1.255 dev p0 noprefixroute',
      'addr replace 2001:db8::1/128 dev p0 noprefixroute nodad',
      'route replace 0.0.0.0/0 dev main src 10.0.1.1 metric 4000000 proto 77 table 77001',
      'route replace ::/0 dev main src 2001:db8::1 metric 4000000 proto 77 table 77001',
      'route append fe80::/64 dev p0 metric 4000000 proto 77',
      'route replace 10.0.1.0/24 dev main src 10.0.1.1 metric 4000000 mtu 1500 proto 77 table 77001',
      'route replace 10.0.1.0/24 dev main src 10.0.1.1 metric 4000000 mtu 1500 proto 77',
      'route replace 2001:db8::/64 dev main src 2001:db8::1 metric 4000000 mtu 1500 proto 77 table 77001',
      'route replace 2001:db8::/64 dev main src 2001:db8::1 metric 4000000 mtu 1500 proto 77',
      'rule add pref 900 oif main lookup 77001 protocol 77',
      '-6 rule add pref 900 oif main lookup 77001 protocol 77',
      'rule add pref 901 from 10.0.1.1 lookup 77001 protocol 77',
      '-6 rule add pref 901 from 2001:db8::1 lookup 77001 protocol 77',
    ]);
  });

  it('lead nowhere from the main table in other VRFs', () => {
    const red = device({ name: 'red', kind: 'tun', vrf: 2, main: false });
    const p1 = device({ name: 'p1', vrf: 2, main: false, addresses: ['10.9.0.1/24'] });
    const lines = linesBetween([], [red, p1]).filter((line) => line.includes('10.9.0'));
    assert.deepEqual(lines, [
      'addr replace 10.9.0.1/32 brd 10.9.0.255 dev p1 noprefixroute',
      'route replace 0.0.0.0/0 dev red src 10.9.0.1 metric 4000000 proto 77 table 77002',
      'route replace 10.9.0.0/24 dev red src 10.9.0.1 metric 4000000 mtu 1500 proto 77 table 77002',
      'rule add pref 902 from 10.9.0.1 lookup 77002 protocol 77',
    ]);
  });

  it('have no routes and rules where the host has no TUN', () => {
    const lines = linesBetween([], [p0]);
    assert.deepEqual(
      lines.filter((line) => line.includes('route') && !line.includes('fe80') && !line.includes('noprefix')),
      [],
    );
    assert.ok(!lines.some((line) => line.includes('rule')));
  });
});

describe('the lines that follow a change', () => {
  it('are none when nothing has changed', () => {
    assert.deepEqual(linesBetween([main, p0], [main, p0]), []);
  });

  it('undo in reverse order what goes', () => {
    const bare = { ...p0, addresses: [] };
    assert.deepEqual(linesBetween([main, { ...p0, addresses: [parsePrefix('10.0.1.1/24')] }], [main, bare]), [
      'rule del pref 901 from 10.0.1.1 lookup 77001 protocol 77',
      'route del 10.0.1.0/24 dev main metric 4000000 proto 77 table 77001',
      'route del 10.0.1.0/24 dev main metric 4000000 proto 77',
      'addr del 10.0.1.1/32 dev p0',
      'route replace 0.0.0.0/0 dev main metric 4000000 proto 77 table 77001',
    ]);
  });

  it('keep the route of a network that has another address', () => {
    const both = { ...p0, addresses: [parsePrefix('10.0.1.1/24'), parsePrefix('10.0.1.9/24')] };
    const one = { ...p0, addresses: [parsePrefix('10.0.1.9/24')] };
    const lines = linesBetween([main, both], [main, one]);
    assert.ok(!lines.some((line) => line.startsWith('route del')), lines.join('\n'));
    assert.ok(lines.some((line) => line.startsWith('route replace 10.0.1.0/24 dev main src 10.0.1.9')));
  });

  it('take everything off a device before it goes down', () => {
    const lines = linesBetween([main, p0], [main, { ...p0, up: false }]);
    const down = lines.indexOf('link set dev p0 down');
    assert.ok(down > lines.findLastIndex((line) => / del /.test(line)), lines.join('\n'));
  });

  it('set MTU, MAC address and carrier', () => {
    const changed = { ...p0, mtu: 9000, mac: parseMac('02:00:00:00:00:09'), running: false, addresses: [] };
    assert.deepEqual(linesBetween([main, { ...p0, addresses: [] }], [main, changed]), [
      'link set dev main mtu 9000',
      'link set dev p0 address 02:00:00:00:00:09 mtu 9000 arp off',
      'link set dev p0 carrier off',
    ]);
  });

  it('ask for no larger MTU than the kernel gives', () => {
    const [, tap] = linesBetween([], [main, { ...p0, mtu: 65534 }]);
    assert.equal(tap, 'link set dev p0 address 02:00:00:00:00:01 mtu 65521 arp off');
  });
});

function linesBetween(before: readonly Mirrored[], after: readonly Mirrored[]): readonly string[] {
  const commands = changesBetween(settingsOf(before), settingsOf(after));
  return commands.map(({ message }) => message.asks);
}

function device({
  addresses = [],
  ...fields
}: Partial<Omit<Mirrored, 'addresses'>> & {
  readonly name: string;
  readonly addresses?: readonly string[];
}): Mirrored {
  return {
    index: 1,
    kind: 'tap',
    up: true,
    running: true,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:01'),
    vrf: 1,
    main: true,
    ...fields,
    addresses: addresses.map(parsePrefix),
  };
}
