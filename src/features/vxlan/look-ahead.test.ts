import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CONTROL_LOOK_AHEAD } from '../../engine/layout.ts';
import { ipv4Packet } from '../../net/frame/build.ts';
import { LOOK_AHEAD_VNI_COUNT, LOOK_AHEAD_VNIS } from './layout.ts';
import { frameFrom, VxlanBench } from './testing/vxlan-bench.ts';

const vxlan = await VxlanBench.open();
const { topology, over4, over6, table } = vxlan;
vxlan.station(over4, over4.station.mac, over4.remote);
vxlan.station(over6, over6.station.mac, over6.remote);

it('looks ahead while there are many VNIs, and it makes no difference to any datagram', () => {
  const before = outcomes();
  table.noteVnis(LOOK_AHEAD_VNI_COUNT + 1);
  assert.equal(bits() & LOOK_AHEAD_VNIS, LOOK_AHEAD_VNIS);
  assert.deepEqual(outcomes(), before);
  table.noteVnis(LOOK_AHEAD_VNI_COUNT);
  assert.equal(bits() & LOOK_AHEAD_VNIS, 0);
});

function outcomes() {
  const [first] = topology.links;
  const carried = { destination: first.host.address4, protocol: 253, ttl: 9 };
  const whole = [over4, over6].map((tunnel) => {
    const packet = ipv4Packet({ ...carried, source: tunnel.station.address4 }, new Uint8Array(8));
    return vxlan.receive(tunnel, frameFrom(tunnel, packet)).ended;
  });
  return [...whole, ...[0, 7, 21].map((keep) => vxlan.receive(over4, new Uint8Array(60), { keep }).ended)];
}

function bits(): number {
  return topology.bench.view.getUint32(CONTROL_LOOK_AHEAD, true);
}
