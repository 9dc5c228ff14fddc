import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { INTERFACE_TRACED, INTERFACE_UP } from '../interface/layout.ts';
import { alongPaths } from '../tunnel/testing/along-paths.ts';
import { bridgeTunnel } from './testing/bridged-tunnel.ts';
import { datagram, frameFrom, VxlanBench } from './testing/vxlan-bench.ts';

const vxlan = await VxlanBench.open();
const { topology, over4: tunnel } = vxlan;
const { bench, links } = topology;
const [first, second] = links;
vxlan.station(tunnel, tunnel.station.mac, tunnel.remote);

describe('a common path', () => {
  it('is what a routed packet into a tunnel takes, and one out of it', () => {
    assert.deepEqual(alongPaths(bench, () => bench.receive(first.port, [routedOut()])).ended, { sent: 1 });
    assert.deepEqual(alongPaths(bench, () => bench.receive(second.port, [arriving(routedIn())])).ended, {
      sent: 1,
    });
  });

  it('is what a bridged frame into a tunnel takes, and one out of it', () => {
    const routeAgain = bridgeTunnel(vxlan, tunnel);
    const outwards = bridgedFrame(first.host.mac, tunnel.station.mac);
    const inwards = bridgedFrame(tunnel.station.mac, first.host.mac);
    const left = alongPaths(bench, () => bench.receive(first.port, [outwards])).sent[0]?.bytes;
    assert.deepEqual(left?.subarray(50), outwards);
    const arrived = alongPaths(bench, () => bench.receive(second.port, [arriving(inwards)])).sent[0]?.bytes;
    assert.deepEqual(arrived, inwards);
    routeAgain();
  });

  it('is not for a packet that is traced', () => {
    const { id, mac, port } = first;
    const iface = { vrf: 1, mtu: 1500, mac: parseMac(mac), port, domain: 0 };
    const nodes = { modeNode: bench.node('ether-input'), outputNode: bench.node('port-tx') };
    topology.interfaces.write(id, { ...iface, ...nodes, flags: INTERFACE_UP | INTERFACE_TRACED });
    const trace = () => alongPaths(bench, () => bench.receive(port, [routedOut()]));
    assert.throws(trace, /packets have waited for port-tx/);
    topology.interfaces.write(id, { ...iface, ...nodes, flags: INTERFACE_UP });
  });

  it('is left by what is not common, and what is behind that in the burst stays on it', () => {
    const tagged = frameFrom(tunnel, packetBetween(tunnel.station.address4, first.host.address4));
    tagged.set([0x81, 0], 12);
    const { ended } = bench.receive(second.port, [
      arriving(routedIn()),
      arriving(tagged),
      arriving(routedIn()),
    ]);
    assert.deepEqual(ended, { sent: 2, 'ether-unknown-type': 1 });
  });
});

function routedOut(): Uint8Array {
  const packet = packetBetween(first.host.address4, tunnel.station.address4);
  return etherFrame({ destination: first.mac, source: first.host.mac, etherType: 0x0800 }, packet);
}

function routedIn(): Uint8Array {
  return frameFrom(tunnel, packetBetween(tunnel.station.address4, first.host.address4));
}

/** A frame in a datagram from the far end, without a checksum, as senders do (RFC 7348 5). */
function arriving(frame: Uint8Array): Uint8Array {
  const packet = datagram(tunnel, frame);
  packet.fill(0, 26, 28);
  return etherFrame({ destination: second.mac, source: second.host.mac, etherType: 0x0800 }, packet);
}

function bridgedFrame(source: string, destination: string): Uint8Array {
  return etherFrame({ source, destination, etherType: 0x0800 }, packetBetween('192.0.2.1', '192.0.2.9'));
}

function packetBetween(source: string, destination: string): Uint8Array {
  const payload = udpDatagram({ source: 1, destination: 2 }, new Uint8Array(18));
  return ipv4Packet({ source, destination, protocol: 17, ttl: 9 }, payload);
}
