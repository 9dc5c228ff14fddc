import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { macToBytes, parseMac } from '../../net/mac.ts';
import { LinkBench } from '../interface/testing/link-bench.ts';
import { MAX_FURTHER_MACS } from './layout.ts';
import { Macs } from './macs.ts';

const FURTHER = '02:00:00:00:aa:01';

let links: LinkBench;
let macs: Macs;

beforeEach(async () => {
  links = await LinkBench.open();
  macs = new Macs(links.router, links.interfaces);
  links.port(1);
  links.port(2);
});

/** What becomes of a frame of a type that nobody takes: somebody has looked at the type only if it is for us. */
function outcomeOf(destination: string, port = 1): 'ours' | 'not ours' {
  const frame = new Uint8Array(60);
  frame.set([...macToBytes(parseMac(destination)), 2, 0, 0, 0, 0, 0x99, 0x88, 0xb5]);
  const { ended } = links.receive(port, frame);
  if (ended['ether-unknown-type'] === 1) return 'ours';
  assert.deepEqual(ended, { 'ether-other-station': 1 });
  return 'not ours';
}

const add = (mac: string, name = 'p1') => macs.add(name, parseMac(mac));
const remove = (mac: string, name = 'p1') => macs.remove(name, parseMac(mac));
const listed = (name = 'p1') =>
  macs.of(links.interfaces.named('list', name).id).map(({ references }) => references);

describe('a further address', () => {
  it('is received for by its interface alone, and its own as before', () => {
    assert.equal(outcomeOf(FURTHER), 'not ours');
    add(FURTHER);
    assert.equal(outcomeOf(FURTHER), 'ours');
    assert.equal(outcomeOf(FURTHER, 2), 'not ours');
    assert.equal(outcomeOf('02:00:00:00:aa:02'), 'not ours');
    assert.equal(outcomeOf('02:00:00:00:00:01'), 'ours');
  });

  it('is received for until all who have asked for it are done with it', () => {
    add(FURTHER);
    add(FURTHER);
    assert.deepEqual(listed(), [2]);
    remove(FURTHER);
    assert.equal(outcomeOf(FURTHER), 'ours');
    remove(FURTHER);
    assert.equal(outcomeOf(FURTHER), 'not ours');
    assert.deepEqual(listed(), []);
  });

  it('goes with its interface', async () => {
    add(FURTHER);
    await links.interfaces.remove('p1');
    links.port(3);
    assert.deepEqual(listed('p3'), []);
    assert.equal(outcomeOf(FURTHER, 3), 'not ours');
  });

  it('is told as an event', () => {
    add(FURTHER);
    add(FURTHER);
    remove(FURTHER);
    remove(FURTHER);
    const told = links.router.events.filter((event) => event.includes(FURTHER));
    assert.deepEqual(
      told.map((event) => /mac (add|del)/.exec(event)?.[0]),
      ['mac add', 'mac del'],
    );
  });
});

describe('a device', () => {
  it('that cannot choose by a further address receives all while there is one', () => {
    add(FURTHER);
    add('02:00:00:00:aa:02');
    remove(FURTHER);
    assert.deepEqual([...links.receivingAll], ['p1']);
    remove('02:00:00:00:aa:02');
    assert.deepEqual([...links.receivingAll], []);
  });

  it('that can is asked for each once', () => {
    const asked: string[] = [];
    const receiveMac = (_: unknown, { value }: { readonly value: number }, wanted: boolean) => {
      asked.push(`${wanted ? 'add' : 'del'} ${value.toString(16)}`);
      return true;
    };
    Object.assign(links, { receiveMac });
    add(FURTHER);
    add(FURTHER);
    remove(FURTHER);
    remove(FURTHER);
    assert.deepEqual(asked, ['add 2000000aa01', 'del 2000000aa01']);
    assert.deepEqual([...links.receivingAll], []);
  });

  it('that fails leaves nothing behind', () => {
    const receiveMac = () => {
      throw new Error('the device is gone');
    };
    Object.assign(links, { receiveMac });
    assert.throws(() => add(FURTHER), /the device is gone/);
    assert.deepEqual([listed(), outcomeOf(FURTHER)], [[], 'not ours']);
  });

  it('is not asked for groups, which it receives anyway', () => {
    add('01:00:5e:00:00:fb');
    assert.deepEqual([listed(), [...links.receivingAll]], [[1], []]);
    assert.equal(outcomeOf('01:00:5e:00:00:fb'), 'ours');
    remove('01:00:5e:00:00:fb');
    assert.deepEqual(listed(), []);
  });
});

describe('what cannot be', () => {
  for (const [mac, code] of [
    ['02:00:00:00:00:01', 'EEXIST'],
    ['00:00:00:00:00:00', 'EINVAL'],
    ['ff:ff:ff:ff:ff:ff', 'EINVAL'],
  ] as const)
    it(`is refused: ${mac}`, () => assert.throws(() => add(mac), { code }));

  it('is refused: to take away what nobody has added', () => {
    assert.throws(() => remove(FURTHER), { code: 'ENOENT' });
  });

  it('is refused: an interface without Ethernet', () => {
    links.port(3, { pointToPoint: true });
    assert.throws(() => add(FURTHER, 'p3'), { code: 'EOPNOTSUPP' });
  });

  it('is refused: one more than there is room for, and all others are received for', () => {
    const numbered = (n: number) => ({ kind: 'mac', value: 0x020000000000 + 0x10000 + n }) as const;
    for (let n = 0; n < MAX_FURTHER_MACS; n++) macs.add('p1', numbered(n));
    assert.throws(() => add(FURTHER), { code: 'ENOSPC' });
    for (const n of [0, 1, 2047, 4095]) macs.remove('p1', numbered(n));
    assert.equal(outcomeOf('02:00:00:01:00:02'), 'ours');
    assert.equal(outcomeOf('02:00:00:01:07:ff'), 'not ours');
    add(FURTHER);
    assert.equal(outcomeOf(FURTHER), 'ours');
  });
});

it('all are written again for a build that has them elsewhere', () => {
  add(FURTHER);
  add('01:00:5e:00:00:fb');
  const table = new Uint8Array(links.bench.view.buffer, links.bench.region('FURTHER_MACS'), 65536);
  table.fill(0);
  assert.equal(outcomeOf(FURTHER), 'not ours');
  macs.rewrite.write((names) => links.router.tables(names));
  assert.equal(outcomeOf(FURTHER), 'ours');
});
