import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { WantedAttachment } from './attachment-record.ts';
import { Ledger } from './ledger.ts';
import type { PodNetwork } from './network.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-ledger-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

test('gives one address of each family, never one that is taken, excluded or the gateway', () => {
  using ledger = open();
  const given = ['a', 'b', 'c'].map((name) => ledger.begin(wanted(name), network()));
  assert.deepEqual(
    given.map(({ addresses }) => addresses.map(({ address }) => address)),
    [
      ['10.0.0.2', 'fd00::2'],
      ['10.0.0.4', 'fd00::3'],
      ['10.0.0.5', 'fd00::4'],
    ],
  );
  assert.deepEqual(
    given.map(({ number }) => number),
    [1, 2, 3],
  );
});

test('gives the lowest number that is free, and none twice where one could not be attached', () => {
  using ledger = open();
  const numberOf = (name: string) => ledger.begin(wanted(name), network()).number;
  const [first, second] = ['a', 'b', 'c'].map((name) => ledger.begin(wanted(name), network()));
  assert.throws(() => numberOf('a'), { code: 'exists' });
  assert.throws(() => ledger.begin(wanted('d', { addresses: ['10.0.0.1'] }), network()), { code: 'invalid' });
  if (second) ledger.end(second);
  if (first) ledger.end(first);
  assert.deepEqual(['d', 'e', 'f'].map(numberOf), [1, 2, 4]);
});

test('lets an address rest that was just freed, and gives it again when no other is left', () => {
  using ledger = open();
  ledger.end(ledger.begin(wanted('a'), network()));
  const later = ['b', 'c', 'd', 'e'].map(
    (name) => ledger.begin(wanted(name), network()).addresses[0]?.address,
  );
  assert.deepEqual(later, ['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.2']);
  assert.throws(() => ledger.begin(wanted('f'), network()), {
    code: 'full',
    message: /10\.0\.0\.0\/29, got none left/,
  });
  assert.equal(ledger.all.length, 4);
});

test('gives a container of the same name the same address again where the subnet is sticky', () => {
  using ledger = open();
  const pod = { namespace: 'default', name: 'web-0', uid: '1' };
  const first = ledger.begin(wanted('a', { pod }), network({ sticky: true }));
  ledger.end(first);
  ledger.begin(wanted('b'), network({ sticky: true }));
  const again = ledger.begin(wanted('c', { pod: { ...pod, uid: '2' } }), network({ sticky: true }));
  assert.deepEqual(again.addresses, first.addresses);
});

test('gives an address that was asked for, once, and only of its own blocks', () => {
  using ledger = open();
  const asked = (text: string) => ({ addresses: [text] });
  const { addresses } = ledger.begin(wanted('a', asked('10.0.0.5')), network());
  assert.deepEqual(
    addresses.map(({ address }) => address),
    ['10.0.0.5', 'fd00::2'],
  );
  const begin = (text: string) => () => ledger.begin(wanted('b', asked(text)), network());
  assert.throws(begin('10.0.0.5'), { code: 'exists' });
  assert.throws(begin('10.0.0.1'), { code: 'invalid' });
  assert.throws(begin('10.0.0.9'), { code: 'invalid', message: /10\.0\.0\.0\/29/ });
  assert.equal(ledger.all.length, 1);
});

test('gives an address outside of its blocks where an Attachment of the node has it', () => {
  using ledger = open();
  const outside = { ...network(), granted: new Set(['10.0.0.200']) };
  const wide = outside.subnets
    .slice(0, 1)
    .map((subnet) => ({ ...subnet, prefix: parsePrefix('10.0.0.0/24') }));
  const given = ledger.begin(wanted('a', { addresses: ['10.0.0.200'] }), { ...outside, subnets: wide });
  assert.equal(given.addresses[0]?.address, '10.0.0.200');
  assert.throws(
    () => ledger.begin(wanted('b', { addresses: ['10.0.0.201'] }), { ...outside, subnets: wide }),
    {
      code: 'invalid',
    },
  );
});

test('refuses what is attached already', () => {
  using ledger = open();
  ledger.begin(wanted('a'), network());
  assert.throws(() => ledger.begin(wanted('a'), network()), { code: 'exists', message: /pending since/ });
});

test('remembers all of it in the next process, and forgets it when the host starts anew', () => {
  const path = join(folder, 'kept.sqlite');
  const pod = { namespace: 'default', name: 'web-0', uid: '1' };
  const first = new Ledger(path);
  first.noteBoot('one');
  const record = first.become(first.begin(wanted('a', { pod }), network()), 'ready');
  first.close();
  const second = new Ledger(path);
  assert.deepEqual(second.all, [record]);
  assert.equal(second.noteBoot('one'), 0);
  assert.equal(second.noteBoot('two'), 1);
  assert.deepEqual(second.all, []);
  second.close();
});

test('decides nothing by the clock, whatever it says', () => {
  files += 1;
  const times = ['2030-01-01', '1970-01-01', '2026-06-01'].map((day) => new Date(day));
  const ledger = new Ledger(join(folder, `${files}.sqlite`), { now: () => times.shift() ?? new Date(0) });
  const pending = ledger.begin(wanted('a'), network());
  const ready = ledger.become(pending, 'ready');
  assert.ok(ready.since < pending.since);
  const leaving = ledger.become(ready, 'leaving', 'because');
  const kept = ledger.all.map(({ state, reason, since }) => [state, reason, since]);
  assert.deepEqual(kept, [['leaving', 'because', leaving.since]]);
  ledger.end(leaving);
  assert.deepEqual(ledger.all, []);
  ledger.close();
});

test('says what is wrong with a damaged file, or one that another agent holds', () => {
  const path = join(folder, 'bad.sqlite');
  writeFileSync(path, 'this is no database, but long enough to look at'.repeat(100));
  assert.throws(() => new Ledger(path), { code: 'corrupt', message: /begin anew with: mv .*bad\.sqlite / });
});

function open(): Ledger & Disposable {
  files += 1;
  const ledger = new Ledger(join(folder, `${files}.sqlite`));
  return Object.assign(ledger, { [Symbol.dispose]: () => ledger.close() });
}

function wanted(container: string, more: Partial<WantedAttachment> = {}): WantedAttachment {
  return {
    container,
    interface: 'eth0',
    addedWith: 'eth0',
    network: 'default/red',
    configuration: 'red',
    kind: 'veth',
    netns: `/run/netns/${container}`,
    addresses: [],
    mac: undefined,
    mtu: 1500,
    isDefault: true,
    socketOwner: 'pod',
    pod: undefined,
    ...more,
  };
}

function network({ sticky = false } = {}): PodNetwork {
  const subnet = (prefix: string, gateway: string, excluded: readonly string[]) => ({
    prefix: parsePrefix(prefix),
    gateway: parseAddress(gateway),
    blocks: [parsePrefix(prefix)],
    excluded: excluded.map(parsePrefix),
    sticky,
  });
  const subnets = [subnet('10.0.0.0/29', '10.0.0.1', ['10.0.0.3/32']), subnet('fd00::/64', 'fd00::1', [])];
  return { name: 'default/red', vrf: 'red', mtu: 1500, label: 2000, routerMac: '00:00:5e:00:01:00', subnets };
}
