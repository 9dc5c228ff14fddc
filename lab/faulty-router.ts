import { type Fault, faultPayload } from '../src/engine/testing/faults.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../src/net/frame/build.ts';
import { withTraps } from './builds.ts';
import { testTopology } from './testing.ts';
import { assertPings } from './witness/ping.ts';

/**
 * Starts a router for the tests of a file that runs the build with traps on two workers: the one of CPU `redCpu`
 * has red and blue, the other green and white.
 */
export async function testFaultyRouter(redCpu: 0 | 1) {
  const topology = await testTopology({
    flags: ['--control-cpus', '0', '--datapath-cpus', '1'],
    hosts: { red: {}, blue: {}, green: {}, white: {} },
  });
  const { router, hosts } = topology;
  const { red, blue, green, white } = hosts;
  const mac = String((await router.list('interface show name red'))[0]?.mac);
  await assertPings(red, blue.ip4);
  await assertPings(green, white.ip4);
  await router.ctl(`datapath swap ${await withTraps()}`);
  await router.ctl('affinity cpus set datapath 0-1');
  const poll = (names: readonly string[], cpu: number) =>
    router.ctl(names.map((name) => `affinity qmap set ${name} rxq 0 cpu ${cpu}`).join('\n'));
  await poll(['red', 'blue'], redCpu);
  await poll(['green', 'white'], 1 - redCpu);

  /** A frame from red, with a datagram to blue that lets a stage go wrong. */
  function faultFrame(fault: Fault): Uint8Array {
    const ends = { source: red.ip4, destination: blue.ip4 };
    // With a checksum: a TAP says of a datagram without one that it is unknown, which is not the common path.
    const datagram = udpDatagram({ source: 7, destination: 9 }, faultPayload(fault), ends);
    const packet = ipv4Packet({ ...ends, protocol: 17 }, datagram);
    return etherFrame({ destination: mac, source: '02:00:00:00:00:77', etherType: 0x0800 }, packet);
  }
  return { router, hosts, faultFrame };
}
