import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { ipCommands } from './cli.ts';
import { AddressService, IcmpService, RouteService } from './ip_pb.js';

const defaultRoute = {
  vrf: 'main',
  family: 'ipv4',
  destination: '0.0.0.0/0',
  origin: 'static',
  nextHop: { id: 3, type: 'L3', iface: 'p0', address: '192.0.2.1' },
};

const ctl = new CtlBench({
  commands: ipCommands,
  services: [
    fakeService(AddressService, {
      listAddresses: () => ({
        addresses: [{ iface: 'p0', family: 'ipv6', address: '2001:db8::1/64' }],
      }),
    }),
    fakeService(RouteService, {
      getRoute: () => ({ route: defaultRoute }),
      async *listRoutes() {
        yield { routes: [defaultRoute] };
        yield {
          routes: [{ vrf: 'red', family: 'ipv6', destination: '::/0', nextHop: { type: 'blackhole' } }],
        };
      },
      getRouteConfig: () => ({ defaultRib4Routes: 65536, tables: [{ vrf: 'main', family: 'ipv4' }] }),
    }),
    fakeService(IcmpService, {
      async *ping({ destination, count = 2 }) {
        const answered = { address: destination, ttl: 64, size: 64, result: 'reply' };
        if (destination === '198.51.100.9') yield { sequence: 1, result: 'timeout' };
        else if (count === 1)
          yield { sequence: 1, result: 'unreachable', address: '192.0.2.1', icmpType: 3, icmpCode: 1 };
        else {
          yield { ...answered, sequence: 1, rttUs: 100 };
          yield { ...answered, sequence: 2, rttUs: 300 };
        }
      },
      async *traceroute({ destination }) {
        for (const rttUs of [100, 200])
          yield { hop: 1, address: '192.0.2.1', rttUs, result: 'time exceeded' };
        yield { hop: 2, result: 'timeout' };
        yield { hop: 3, address: destination, rttUs: 512, result: 'reply' };
      },
      getIcmpConfig: () => ({ config: { rate: 100, burst: 10 } }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('an address is added, removed and flushed', async () => {
  const request = { iface: 'p0', address: '192.0.2.1/24' };
  assert.deepEqual(await ctl.requests('address add 192.0.2.1/24 iface p0'), [
    { method: 'addAddress', request },
  ]);
  assert.deepEqual(await ctl.requests('address del 192.0.2.1/24 iface p0'), [
    { method: 'deleteAddress', request },
  ]);
  assert.deepEqual(await ctl.requests('address flush ipv6 iface p0'), [
    { method: 'flushAddresses', request: { iface: 'p0', family: 'ipv6' } },
  ]);
});

test('addresses are listed', async () => {
  const { out } = await ctl.run('address show iface p0 ipv6');
  assert.equal(out, 'IFACE  FAMILY  ADDRESS\np0     ipv6    2001:db8::1/64\n');
  assert.deepEqual(ctl.calls[0]?.request, { iface: 'p0', family: 'ipv6' });
});

test('a route leads to an address or to a next hop by its id', async () => {
  const [byAddress] = await ctl.requests('route add 198.51.100.0/24 via 192.0.2.9 vrf red');
  assert.deepEqual(byAddress?.request, { destination: '198.51.100.0/24', vrf: 'red', address: '192.0.2.9' });
  const [byId] = await ctl.requests('route add 2001:db8::/32 via id 7');
  assert.deepEqual(byId?.request, { destination: '2001:db8::/32', id: 7 });
});

test('a route leads to the network that an address is in', async () => {
  const [call] = await ctl.requests('route add 10.3.0.1/16 via 192.0.2.1');
  assert.deepEqual(call?.request, { destination: '10.3.0.0/16', address: '192.0.2.1' });
});

test('routes of several batches are listed', async () => {
  const { out } = await ctl.run('route show');
  assert.equal(
    out,
    [
      'VRF   FAMILY  DESTINATION  ORIGIN  NEXT_HOP',
      'main  ipv4    0.0.0.0/0    static  L3 id=3 iface=p0 192.0.2.1',
      'red   ipv6    ::/0                 blackhole',
      '',
    ].join('\n'),
  );
});

test('the route to an address is an object', async () => {
  assert.deepEqual(await ctl.json('route get 203.0.113.5'), {
    vrf: 'main',
    family: 'ipv4',
    destination: '0.0.0.0/0',
    origin: 'static',
    nexthop: { id: 3, type: 'L3', iface: 'p0', addr: '192.0.2.1' },
  });
});

test('the sizes of tables are shown and set', async () => {
  const { out } = await ctl.run('route config show');
  assert.match(out, /^default {2}ipv4 +0\/65536 \(0\.0%\) *$/m);
  const [call] = await ctl.requests('route config set default rib4-routes 1000000');
  assert.deepEqual(call?.request, { default_rib4_routes: 1000000 });
});

test('ping prints what the ordinary program prints', async () => {
  const { code, out } = await ctl.run('ping 192.0.2.7');
  assert.equal(code, 0);
  assert.equal(
    out,
    [
      'PING 192.0.2.7',
      '64 bytes from 192.0.2.7: icmp_seq=1 ttl=64 time=0.100 ms',
      '64 bytes from 192.0.2.7: icmp_seq=2 ttl=64 time=0.300 ms',
      '--- 192.0.2.7 ping statistics ---',
      '2 packets transmitted, 2 received, 0% packet loss',
      'rtt min/avg/max/mdev = 0.100/0.200/0.300/0.100 ms',
      '',
    ].join('\n'),
  );
});

test('ping without an answer fails', async () => {
  const silent = await ctl.run('ping 198.51.100.9 vrf red delay 10 ident 7 iface p0');
  assert.equal(silent.code, 1);
  assert.match(
    silent.out,
    /no answer yet for icmp_seq=1\n[\s\S]*1 packets transmitted, 0 received, 100% packet loss/,
  );
  assert.match(silent.error, /Connection timed out \(ETIMEDOUT\)/);
  assert.deepEqual(ctl.calls[0]?.request, {
    destination: '198.51.100.9',
    vrf: 'red',
    iface: 'p0',
    ident: 7,
    delay_ms: 10,
  });
  const refused = await ctl.run('ping 198.51.100.1 count 1');
  assert.match(refused.out, /From 192\.0\.2\.1 icmp_seq=1 Destination Host Unreachable/);
  assert.match(refused.out, /1 packets transmitted, 0 received, \+1 errors, 100% packet loss/);
});

test('traceroute prints a line for each hop', async () => {
  const { out } = await ctl.run('traceroute 203.0.113.5');
  assert.equal(
    out,
    [
      'traceroute to 203.0.113.5',
      ' 1  192.0.2.1  0.100 ms  0.200 ms',
      ' 2  *',
      ' 3  203.0.113.5  0.512 ms',
      '',
    ].join('\n'),
  );
});

test('the limits of ICMP errors are shown and set', async () => {
  assert.deepEqual(await ctl.json('icmp config'), { rate: 100, burst: 10 });
  const [call] = await ctl.requests('icmp config set burst 5');
  assert.deepEqual(call?.request, { burst: 5 });
});
