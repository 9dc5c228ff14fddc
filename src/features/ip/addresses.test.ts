import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { parseMac } from '../../net/mac.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { Interface } from '../interface/index.ts';
import { Addresses } from './addresses.ts';

const shared = '192.0.2.1/24';

describe('who has an address', () => {
  it('is the interface that it was given to, in its VRF, until it is taken from it', () => {
    const { addresses, owner, iface } = open();
    addresses.add(iface(1, 1), parsePrefix(shared));
    assert.equal(owner(1), 1);
    assert.equal(owner(2), undefined);
    addresses.add(iface(2, 2), parsePrefix(shared));
    assert.equal(owner(1), 1);
    assert.equal(owner(2), 2);
    addresses.add(iface(1, 1), parsePrefix('2001:db8::1/64'));
    addresses.remove(iface(1, 1), parsePrefix(shared));
    assert.equal(owner(1), undefined);
    assert.equal(addresses.ownerOf(1, parseAddress('2001:db8::1'))?.id, 1);
    assert.equal(owner(2), 2);
  });

  it('is the next one that has it where one is left out', () => {
    const { addresses, owner, iface } = open();
    for (const id of [1, 2]) addresses.add(iface(id, 1, true), parsePrefix(shared));
    assert.equal(owner(1), 1);
    assert.equal(owner(1, 1), 2);
    addresses.remove(iface(1, 1, true), parsePrefix(shared));
    assert.equal(owner(1), 2);
    assert.equal(owner(1, 2), undefined);
  });

  it('is found at once among thousands', () => {
    const { addresses, iface } = open();
    const before = parsePrefix(shared);
    addresses.add(iface(1, 1), before);
    for (let id = 2; id <= 4000; id++)
      addresses.add(iface(id, 1), parsePrefix(`10.${id >> 8}.${id & 255}.1/24`));
    const list = addresses.list;
    addresses.list = () => assert.fail('all addresses were looked through');
    assert.equal(addresses.ownerOf(1, before.address)?.id, 1);
    addresses.list = list;
  });
});

function open() {
  const known = new Map<number, Interface>();
  const addresses = new Addresses({
    listen: () => {},
    find: (id) => known.get(id),
    setSources: () => {},
  });
  return {
    addresses,
    owner: (vrf: number, except?: number) => addresses.ownerOf(vrf, parsePrefix(shared).address, except)?.id,
    iface: (id: number, vrf: number, access = false) => {
      const made = { ...interfaceOf(id, vrf), access };
      known.set(id, made);
      return made;
    },
  };
}

function interfaceOf(id: number, vrf: number): Interface {
  return {
    id,
    name: `i${id}`,
    type: 'port',
    mode: 'vrf',
    description: '',
    up: true,
    running: true,
    promisc: false,
    snooping: false,
    vrf,
    domain: 0,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:01'),
    speedMbps: 0,
    port: 0,
    outputStage: 'port-tx',
    checksumsOnSend: false,
  };
}
