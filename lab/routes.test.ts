import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { sendFlows } from './witness/frames.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { red: {}, green: {}, blue: {}, white: {} } });
const { red, green, blue, white } = hosts;

for (const { family, version, via, prefix, inside, noRoute, refused } of [
  {
    family: 'IPv4',
    version: 4,
    via: green.ip4,
    prefix: '192.0.2.0/24',
    inside: '192.0.2.1',
    noRoute: /Destination Net Unreachable/,
    refused: /Destination (Host|Net|Port) (Unreachable|Prohibited)|Packet filtered/,
  },
  {
    family: 'IPv6',
    version: 6,
    via: green.ip6,
    prefix: '2001:db8::/32',
    inside: '2001:db8::1',
    noRoute: /Destination unreachable: No route/,
    refused: /Destination unreachable: (Reject route|Administratively prohibited|No route)/,
  },
]) {
  test(`${family}: a static route leads there until it is deleted`, async () => {
    await green.ip(`address add ${inside} dev lo`);
    assert.match(await assertNoPing(red, inside, '-c 1'), noRoute);
    await router.ctl(`route add ${prefix} via ${via}`);
    await assertPings(red, inside);
    const [route] = await router.list(`route get ${inside}`);
    assert.deepEqual([route?.destination, route?.origin], [prefix, 'static']);
    await router.ctl(`route del ${prefix}`);
    assert.match(await assertNoPing(red, inside, '-c 1'), noRoute);
  });

  test(`${family}: the longest route wins, over one that swallows and one that refuses`, async () => {
    const host = `${inside}/${version === 4 ? 32 : 128}`;
    const id = version * 100;
    await router.ctl(`
      nexthop add blackhole id ${id}
      nexthop add reject id ${id + 1}
      route add ${prefix} via id ${id}
    `);
    const before = await router.counted('ip-blackhole');
    assert.doesNotMatch(await assertNoPing(red, inside, '-c 1'), /From/);
    assert.equal(await router.counted('ip-blackhole'), before + 1);
    await router.ctl(`route add ${prefix} via id ${id + 1}`);
    assert.match(await assertNoPing(red, inside, '-c 1'), refused);
    await router.ctl(`route add ${host} via ${via}`);
    await assertPings(red, inside);
    await router.ctl(`route del ${host}\nroute del ${prefix}\nnexthop del ${id}\nnexthop del ${id + 1}`);
  });

  test(`${family}: a weighted group spreads flows, and a changed member moves only its own`, async () => {
    const address = (host: Host) => (version === 4 ? host.ip4 : host.ip6);
    const [g, b, w, group] = [version * 10, version * 10 + 1, version * 10 + 2, version * 10 + 3];
    await router.ctl(`
      nexthop add l3 iface green address ${address(green)} id ${g}
      nexthop add l3 iface blue address ${address(blue)} id ${b}
      nexthop add l3 iface white address ${address(white)} id ${w}
      nexthop add group id ${group} member ${g} weight 1 member ${b} weight 3
      route add ${prefix} via id ${group}
    `);
    for (const host of [green, blue, white]) await router.ctl(`ping ${address(host)} count 1 delay 20`);

    const first = await flowsOver([green, blue, white], inside);
    assert.equal(first.size, 200);
    const share = countOf(first, green) / first.size;
    assert.ok(share > 0.1 && share < 0.4, `green has ${share} of the flows, its weight is a quarter`);
    assert.deepEqual(await flowsOver([green, blue, white], inside), first);

    await router.ctl(`nexthop add group id ${group} member ${g} weight 1 member ${w} weight 3`);
    const second = await flowsOver([green, blue, white], inside);
    assert.equal(second.size, 200);
    assert.equal(countOf(second, blue), 0);
    for (const [port, label] of first) if (label === 'green') assert.equal(second.get(port), 'green');
    await router.ctl(`route del ${prefix}\nnexthop del ${group}`);
  });
}

test('a next hop that is used is not deleted', async () => {
  await router.ctl(`
    nexthop add l3 iface green address 10.2.0.77 id 77
    route add 198.51.100.0/24 via id 77
  `);
  assert.match((await router.attempt('nexthop del 77')).stderr, /\(EBUSY\)/);
  await router.ctl('route del 198.51.100.0/24\nnexthop del 77');
});

/** Sends 200 flows from red, and tells which host each arrived at, by its source port. */
async function flowsOver(members: readonly Host[], address: string): Promise<ReadonlyMap<number, string>> {
  const captures = await Promise.all(
    members.map((host) => startCapture(host, host.device, 'udp dst port 9')),
  );
  await sendFlows(red, address, 200);
  const seen = new Map<number, string>();
  await eventually(async () => {
    for (const [index, capture] of captures.entries()) {
      for (const line of await capture.lines()) {
        const port = Number(/\.(\d+) > /.exec(line)?.[1]);
        const label = members[index]?.label ?? '';
        assert.ok((seen.get(port) ?? label) === label, `flow ${port} went two ways`);
        seen.set(port, label);
      }
    }
    assert.equal(seen.size, 200);
  });
  await Promise.all(captures.map((capture) => capture[Symbol.asyncDispose]()));
  return new Map([...seen].sort(([left], [right]) => left - right));
}

function countOf(flows: ReadonlyMap<number, string>, host: Host): number {
  return [...flows.values()].filter((label) => label === host.label).length;
}
