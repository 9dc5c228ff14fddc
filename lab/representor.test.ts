import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from './eventually.ts';
import { Namespace } from './namespace.ts';
import { Router } from './router.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertPings } from './witness/ping.ts';
import { hopsTo } from './witness/traceroute.ts';

const { router, hosts } = await testTopology({
  before: 'interface add vrf blue',
  hosts: { left: {}, wire: { link: 'veth' }, right: { vrf: 'blue' }, calm: {} },
});
const { left, wire, right, calm } = hosts;
const machine = router.namespace;
// The af_packet driver cannot tell that a checksum or a segmentation was left to the hardware.
await wire.run(`ethtool -K ${wire.device} tx off tso off gso off`);

const families = [
  { family: 'IPv4', own: left.gateway4, far: left.ip4, wired: wire.gateway4, other: right.ip4, big: 'big4' },
  { family: 'IPv6', own: left.gateway6, far: left.ip6, wired: wire.gateway6, other: right.ip6, big: 'big6' },
];

for (const { family, own, far, wired, other, big } of families) {
  test(`${family}: ping on the router's host goes out of a port, the first packet too`, async () => {
    await assertPings(machine, far);
    await assertPings(machine, far, '-s 4000 -c 1');
    await assertPings(machine, far, `-I ${own} -c 1`);
    await assertPings(left, own);
  });

  test(`${family}: a server on the router's host serves a stream both ways, with right checksums`, async () => {
    await using server = machine.start(`python3 -c '${sumServer}'`);
    await server.said(/ready/);
    for (const [host, address] of [
      [left, own],
      [wire, wired],
      [left, wired],
    ] as const) {
      await using seen = await startCapture(host, host.device, 'tcp');
      const sent = await host.run(`python3 -c '${sumClient}' ${address} ${big}`);
      const [ours, theirs, bytes] = sent.trim().split(' ');
      assert.equal(ours, theirs);
      assert.equal(bytes, '3000000');
      await seen.stop();
      assert.deepEqual(await seen.faulty(), []);
    }
    assert.match(await machine.run('nstat -az TcpInCsumErrors'), /TcpInCsumErrors +0 /);
  });

  test(`${family}: traceroute ends at the router's host, which refuses a closed port`, async () => {
    assert.deepEqual(await hopsTo(left, own), [own]);
    const refused = await left.attempt(`python3 -c '${connect}' ${own} 9`);
    assert.match(refused.stderr, /ConnectionRefused/);
  });

  test(`${family}: a program that is bound to a VRF's TUN speaks in that VRF`, async () => {
    await assertPings(machine, other, '-I blue');
    const { stdout } = await machine.attempt(`ping -n -c 1 -W 1 -I main ${other}`);
    assert.match(stdout, /100% packet loss/);
  });

  test(`${family}: the host is told when no route leads on`, async () => {
    const nowhere = family === 'IPv4' ? '192.0.2.1' : '2001:db8::1';
    const { stdout } = await machine.attempt(`ping -n -c 1 -W 1 -I main ${nowhere}`);
    assert.match(stdout, /unreachable/i);
  });
}

test('link-local addresses are reached by the TAP of their link', async () => {
  const shown = JSON.parse(await left.run(`ip -j -6 addr show dev ${left.device} scope link`));
  const theirs = shown[0].addr_info.find(({ local }: { local?: string }) => local?.startsWith('fe80'));
  await assertPings(machine, `${theirs.local}%left`);
  const ours = await addressesOf('left', 'link');
  await assertPings(left, `${ours[0]}%${left.device}`);
});

test('addresses come and go on the host as on the interface, at once', async () => {
  assert.deepEqual(await addressesOf('left', 'global'), [left.gateway4, left.gateway6]);
  await router.ctl('address add 10.99.0.1/24 iface left\naddress add fd00:99::1/64 iface left');
  assert.deepEqual(await addressesOf('left', 'global'), [
    left.gateway4,
    '10.99.0.1',
    left.gateway6,
    'fd00:99::1',
  ]);
  assert.match(await machine.run('ip route show 10.99.0.0/24'), /dev main .*src 10\.99\.0\.1 metric 4000000/);
  await router.ctl('address del 10.99.0.1/24 iface left\naddress del fd00:99::1/64 iface left');
  assert.deepEqual(await addressesOf('left', 'global'), [left.gateway4, left.gateway6]);
  assert.equal(await machine.run('ip route show 10.99.0.0/24'), '');
});

test('a frame to a group is seen on the TAP of the interface it came in by, and goes out by the one it is sent to', async () => {
  await using seen = await startCapture(machine, 'left', 'ether proto 0x88cc');
  await using arrived = await startCapture(left, left.device, 'ether proto 0x88cc');
  await left.run(`python3 -c '${sendFrame}' ${left.device} 0180c200000e`);
  await machine.run(`python3 -c '${sendFrame}' left 0180c200000e`);
  await eventually(async () => assert.equal((await seen.lines()).length, 2));
  await eventually(async () => assert.equal((await arrived.lines()).length, 2));
});

test('multicast of the link reaches a program on the TAP of its interface', async () => {
  await using listener = machine.start(`python3 -c '${joinGroup}' left`);
  await listener.said(/joined/);
  await left.run(`python3 -c '${sendGroup}' ${left.ip4}`);
  await listener.said(new RegExp(`hello from ${left.ip4}`));
});

test("the host's kernel says nothing of its own on the wire", async () => {
  await using seen = await startCapture(left, left.device, 'ip6');
  await router.ctl('interface set port left down\ninterface set port left up');
  await assertPings(machine, left.ip6, '-i 0.3');
  await seen.stop();
  const [port] = await router.list('interface show name left');
  assert.deepEqual(await seen.dissected(`eth.src == ${port?.mac} && icmpv6.type in {131,132,133,143}`), []);
});

test('what is exchanged with the host is counted', async () => {
  const before = await exchanged();
  await assertPings(machine, left.ip4, '-c 4');
  const now = await exchanged();
  assert.deepEqual([now.received - before.received, now.sent - before.sent], [4, 4]);
});

test('a flood for the host holds up neither packets that are forwarded nor the control', async () => {
  const flood = left.run(`python3 -c '${floodUdp}' ${left.gateway4}`);
  await eventually(async () => assert.ok((await router.counted('host-deliver')) > 1000));
  await assertPings(wire, calm.ip4, '-c 20 -i 0.02');
  const started = performance.now();
  await router.list('address show');
  assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
  const sent = Number(await flood);
  assert.ok(sent > 10_000, `only ${sent} datagrams`);
  await assertPings(machine, left.ip4);
});

test('a representor is renamed with its interface and follows it down, to another MTU and to another VRF', async () => {
  await router.ctl('interface set port wire name cable');
  assert.deepEqual(await addressesOf('cable', 'global'), [wire.gateway4, wire.gateway6]);
  assert.equal(
    (await links()).some(({ ifname }) => ifname === 'wire'),
    false,
  );
  await router.ctl('interface set port cable mtu 1400 down');
  const [down] = (await links()).filter(({ ifname }) => ifname === 'cable');
  assert.equal(down?.mtu, 1400);
  assert.ok(!down.flags.includes('UP'));
  await router.ctl('interface set port cable up vrf blue');
  assert.match(await machine.run(`ip rule show from ${wire.gateway4}`), /lookup 77002/);
  await assertPings(machine, wire.ip4, '-I blue');
  await router.ctl('interface set port cable vrf main name wire mtu 1500');
  await assertPings(machine, wire.ip4);
});

test('a name that the host has already leaves the interface without a representor, and working', async () => {
  await machine.ip('link add name taken type ifb');
  await router.ctl('interface add port taken devargs net_null7');
  assert.match(router.log, /the host has an interface of this name/);
  assert.ok((await router.list('interface show name taken')).length === 1);
  await machine.ip('link del taken');
  await router.ctl('interface set port taken mtu 1400'); // any change tries again
  assert.ok((await links()).some(({ ifname }) => ifname === 'taken'));
  await router.ctl('interface del taken');
  assert.ok(!(await links()).some(({ ifname }) => ifname === 'taken'));
});

test('a representor that somebody deletes is told, and comes back with the next change', async () => {
  await machine.ip('link del right');
  await eventually(() => assert.match(router.log, /somebody has deleted a representor/));
  await router.ctl('interface set port right description again');
  assert.deepEqual(await addressesOf('right', 'global'), [right.gateway4, right.gateway6]);
});

test('a killed router leaves no device, and the next one no rule of it', async () => {
  const place = new Namespace('killed');
  after(() => place.close());
  const config = 'interface add port p0 devargs net_null0\naddress add 10.77.0.1/24 iface p0';
  const first = await new Router({ namespace: place, config }).start();
  after(() => first.close());
  assert.match(await place.run('ip rule'), /from 10\.77\.0\.1 lookup 77001/);
  await first.stop('SIGKILL');
  assert.equal(JSON.parse(await place.run('ip -j link')).length, 1);
  const second = await new Router({ namespace: place, directory: first.directory }).start();
  await eventually(async () => assert.doesNotMatch(await place.run('ip rule'), /10\.77/));
  await second.stop();
  assert.doesNotMatch(await place.run('ip rule; ip -6 rule'), /77001/);
});

test('without the right to make devices the router warns once and runs', async () => {
  const place = new Namespace('bare');
  after(() => place.close());
  const bare = new Router({ namespace: place });
  after(() => bare.close());
  const line = bare.ctlCommand()[0];
  await using program = place.start(
    `unshare --mount sh -c 'mount -t tmpfs none /dev/net; exec ${line} vrouter -s ${bare.socket}'`,
    { directory: bare.directory },
  );
  await program.said(/the router is ready/);
  await bare.ctl('interface add port p0 devargs net_null0\naddress add 10.77.0.1/24 iface p0');
  assert.equal([...program.stderr.matchAll(/no representors/g)].length, 1);
});

interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly flags: readonly string[];
}

async function links(): Promise<readonly Link[]> {
  return JSON.parse(await machine.run('ip -j link'));
}

/** The addresses that the host shows on a device, all with their full length. */
async function addressesOf(device: string, scope: string): Promise<readonly string[]> {
  const [shown] = JSON.parse(await machine.run(`ip -j addr show dev ${device}`));
  const all: { family: string; local: string; prefixlen: number; scope: string }[] = shown.addr_info;
  const found = all.filter((address) => address.scope === scope);
  for (const { family, prefixlen } of found) assert.equal(prefixlen, family === 'inet' ? 32 : 128);
  return found.map(({ local }) => local).toSorted();
}

async function exchanged(): Promise<{ readonly received: number; readonly sent: number }> {
  const row = (await router.list('interface stats')).find(({ interface: name }) => name === 'main');
  return { received: Number(row?.cp_rx_packets), sent: Number(row?.cp_tx_packets) };
}

// Programs of a few lines, without single quotes: they are arguments of a shell.
const sumServer = `
import socket, hashlib
s = socket.create_server(("::", 47000), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    c, _ = s.accept()
    data = b""
    while len(data) < 3000000: data += c.recv(65536)
    c.sendall(hashlib.sha256(data).hexdigest().encode() + data[::-1])
    c.close()
`;
const sumClient = `
import socket, hashlib, os, sys
data = os.urandom(3000000)
c = socket.create_connection((sys.argv[1], 47000), timeout=10)
c.sendall(data)
back = b""
while True:
    part = c.recv(65536)
    if not part: break
    back += part
same = back[64:] == data[::-1]
print(hashlib.sha256(data).hexdigest(), back[:64].decode(), len(back) - 64 if same else -1)
`;
const connect = `
import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)
`;
const sendFrame = `
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
s.send(bytes.fromhex(sys.argv[2]) + bytes.fromhex("02000000000188cc") + bytes(46))
`;
const floodUdp = `
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((sys.argv[1], 9))
end, sent = time.time() + 2, 0
while time.time() < end:
    for i in range(100):
        try: sent += s.send(bytes(64))
        except OSError: pass
print(sent // 64)
`;
const joinGroup = `
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("224.0.0.77", 7001))
index = socket.if_nametoindex(sys.argv[1])
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4si", socket.inet_aton("224.0.0.77"), bytes(4), index))
print("joined", flush=True)
data, (sender, _) = s.recvfrom(100)
print(data.decode(), "from", sender, flush=True)
`;
const sendGroup = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
s.sendto(b"hello", ("224.0.0.77", 7001))
`;
