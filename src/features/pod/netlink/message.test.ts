import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attribute,
  readAttributes,
  readMessages,
  text,
  textOf,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { parseAddress } from '../../../net/address.ts';
import { parsePrefix } from '../../../net/prefix.ts';
import { addAddress, addDefaultRoute, askForRoute, ROUTE_TYPE, readRouteTypes } from './addresses.ts';
import { addVeth, bringUp, readLinks, setMac } from './links.ts';

test('a message has a header, a fixed part, and attributes that begin at multiples of four', () => {
  const { bytes, asks } = bringUp('eth0');
  assert.equal(asks, 'link set dev eth0 up');
  assert.equal(
    bytes.toString('hex'),
    '2c000000' + // length
      '1000' + // RTM_NEWLINK
      '0500' + // request, acknowledge
      '0000000000000000' + // number and port
      '00000000000000000100000001000000' + // any index; up, of the flags up
      '09000300' + // IFLA_IFNAME
      '6574683000000000', // eth0, its zero, and three to the next multiple
  );
});

test('a device is given its Ethernet address by its name', () => {
  const body = setMac('eth0', '02:00:00:00:00:01').bytes.subarray(32);
  assert.equal(
    body.toString('hex'),
    '09000300' + // IFLA_IFNAME
      '6574683000000000' +
      '0a000100' + // IFLA_ADDRESS
      '0200000000010000',
  );
});

test('addresses and routes say their family, length and device', () => {
  const address = addAddress(7, parsePrefix('10.0.0.2/24')).bytes.subarray(16);
  assert.equal(address.toString('hex'), '0218000007000000080002000a000002080001000a000002');
  const address6 = addAddress(7, parsePrefix('fd00::2/64')).bytes.subarray(16, 24);
  assert.equal(address6.toString('hex'), '0a40020007000000'); // nobody else has it: it is not asked for
  const route = addDefaultRoute(7, parseAddress('10.0.0.1')).bytes.subarray(16);
  assert.equal(route.toString('hex'), '02000000fe0300010000000008000500' + '0a000001' + '0800040007000000');
});

test('a route is asked for by its destination, and says whether packets leave by it or have arrived', () => {
  const asked = askForRoute(parseAddress('fd00::2')).bytes.subarray(16);
  assert.equal(
    asked.toString('hex'),
    '0a8000000000000000000000' + '14000100' + 'fd000000000000000000000000000002',
  );
  const answers = readMessages(addDefaultRoute(7, parseAddress('10.0.0.1')).bytes);
  assert.deepEqual(readRouteTypes(answers), [ROUTE_TYPE.UNICAST]);
});

test('what was written is read again, and what is cut off is not', () => {
  const body = Buffer.concat([attribute(3, text('eth0')), attribute(18, attribute(1, u32(9)))]);
  const read = readAttributes(body);
  assert.equal(textOf(read.get(3)), 'eth0');
  assert.equal(
    readAttributes(read.get(18) ?? Buffer.alloc(0))
      .get(1)
      ?.readUInt32LE(),
    9,
  );
  assert.deepEqual([...readAttributes(body.subarray(0, 7)).keys()], []);
  const { bytes } = addVeth({ name: 'a', mtu: 1500, index: 5 }, { name: 'b', mtu: 1500 }, 3);
  assert.deepEqual(readLinks(readMessages(bytes)), [{ index: 5, name: 'a' }]);
  assert.deepEqual([...readMessages(bytes.subarray(0, bytes.length - 1))], []);
});
