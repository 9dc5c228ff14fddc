import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { labelled } from '../src/features/mpls/testing/mpls-bench.ts';
import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../src/net/frame/build.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { sendFrames } from './witness/frames.ts';

// A bridge with the host site, whose other member is a pseudowire through a tunnel; and west, whose packets come with
// labels that are swapped and go into the same tunnel. Its far end is Linux, on core, which puts fragments together.
const { router, hosts } = await testTopology({ hosts: { site: {}, west: {}, core: {} } });
const { site, west, core } = hosts;
await router.ctl(`
  interface add bridge br0
  address flush iface site
  interface set port site domain br0
  mpls enable west
  nexthop add mplsoudp remote ${core.ip4} id 1000
  nexthop add mpls label 600 via 1000 id 600
  interface add pseudowire pw nexthop 600 domain br0 mtu 1500
  label add 300 swap 400 nexthop 1000`);
await router.ctl(`ping ${core.ip4} count 1 delay 20\nping ${core.ip6} count 1 delay 20`);
const [westPort] = await router.list('interface show name west');

const ends4 = { source: '10.77.0.1', destination: '10.88.0.1' };
const ends6 = { source: 'fd00:77::1', destination: 'fd00:88::1' };
const own = {
  mplsoudp: { bytes: 8, socket: 'socket.SOCK_DGRAM', port: 6635 },
  mplsogre: { bytes: 4, socket: 'socket.SOCK_RAW, 47', port: 0 },
};

for (const kind of ['mplsoudp', 'mplsogre'] as const)
  for (const family of ['ip4', 'ip6'] as const) {
    test(`${kind} over ${family}: a frame that is too big goes in fragments, and Linux puts it together`, async () => {
      await router.ctl(`nexthop add ${kind} remote ${core[family]} id 1000`);
      await using capture = await startCapture(core, core.device, `ether dst ${core.mac}`);
      await using receiver = startReceiver(kind, family);
      await receiver.said(/ready/);
      const frame = etherFrame(
        { destination: '02:00:00:00:77:01', source: site.mac, etherType: 0x0800 },
        packet4(1472, { dontFragment: true }),
      );
      await sendFrames(site, [frame]);
      await receiver.said(new RegExp(createHash('sha1').update(frame).digest('hex')));
      await capture.stop();
      assert.deepEqual(await capture.faulty(), []);
      const whole = await capture.dissected('mpls.label == 600 && (ip.fragments || ipv6.fragments)', [
        'mpls.label',
      ]);
      assert.deepEqual(whole, ['600']);
    });

    test(`${kind} over ${family}: what comes with labels and must not be cut is refused with the size that is left`, async () => {
      await router.ctl(`nexthop add ${kind} remote ${core[family]} id 1000`);
      const left = 1500 - (family === 'ip4' ? 20 : 40) - own[kind].bytes - 4;
      await using capture = await startCapture(core, core.device, `ether dst ${core.mac}`);
      const packet6 = ipv6Packet({ ...ends6, nextHeader: 17 }, datagram(1440, ends6));
      const packets = [packet4(1460, { dontFragment: true }), packet6, packet4(1460, { identification: 77 })];
      await sendFrames(west, packets.map(behindLabel));
      const label = 'mpls.label == 400';
      await eventually(async () => {
        const told4 = await capture.dissected(`${label} && icmp.type == 3`, ['icmp.code', 'icmp.mtu']);
        const told6 = await capture.dissected(`${label} && icmpv6.type == 2`, ['icmpv6.mtu']);
        const cut = await capture.dissected(`${label} && ip.id == 77 && udp.dstport == 8 && !icmp`);
        assert.deepEqual([told4, told6, cut.length], [[`4\t${left}`], [String(left)], 1]);
      });
      await capture.stop();
      assert.deepEqual(await capture.faulty(), []);
    });
  }

function packet4(bytes: number, fields: { dontFragment?: boolean; identification?: number }): Uint8Array {
  return ipv4Packet({ ...ends4, protocol: 17, ...fields }, datagram(bytes, ends4));
}

function datagram(bytes: number, ends: { source: string; destination: string }): Uint8Array {
  return udpDatagram({ source: 7, destination: 8 }, new Uint8Array(bytes).fill(9), ends);
}

function behindLabel(packet: Uint8Array): Uint8Array {
  const ends = { destination: String(westPort?.mac), source: west.mac, etherType: 0x8847 };
  return etherFrame(ends, labelled([{ label: 300 }], packet));
}

/** Linux at the far end: prints a hash of each frame that comes behind the tunnel's headers and one label. */
function startReceiver(kind: keyof typeof own, family: 'ip4' | 'ip6') {
  const { socket, port } = own[kind];
  const headers = 4 + (kind === 'mplsoudp' ? 0 : family === 'ip4' ? 24 : 4); // raw sockets show GRE, and IPv4
  // UDP_NO_CHECK6_RX: without it Linux takes no datagram without a checksum over IPv6.
  const noChecksum =
    kind === 'mplsoudp' && family === 'ip6' ? 'far.setsockopt(socket.IPPROTO_UDP, 102, 1)' : '';
  const program = `
import hashlib, socket
far = socket.socket(socket.${family === 'ip4' ? 'AF_INET' : 'AF_INET6'}, ${socket})
far.bind(("", ${port}))
${noChecksum}
print("ready")
while True: print(hashlib.sha1(far.recv(65535)[${headers}:]).hexdigest())`;
  return core.start(`/usr/bin/python3 -u -c '${program}'`);
}
