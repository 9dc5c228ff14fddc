import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etherFrame, ipv4Packet, udpDatagram } from '../src/net/frame/build.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {} } });
const { red, blue } = hosts;
await eventually(() => assertPings(red, blue.ip4)); // the neighbours know each other from here on

test('who follows traces sees packets as they pass, only of the interface that was asked for', async () => {
  await using follower = router.watch('trace', 'follow', 'iface', 'red');
  await eventually(async () => {
    await assertPings(red, blue.ip4, '-c 1');
    assert.match(follower.stdout, /red 98 bytes\n {2}port-rx -> [\s\S]*echo request[\s\S]*-> sent/);
  });
  assert.doesNotMatch(follower.stdout, / blue \d+ bytes/);
});

test('a trace that is followed ends with who follows it, even if he is killed', async () => {
  const follower = router.watch('trace', 'follow');
  await eventually(async () => assert.ok((await tracedOfOnePing()) > 0));
  await follower.close('SIGKILL');
  await eventually(async () => assert.equal(await tracedOfOnePing(), 0));
});

test('a frame that is injected at a port is forwarded and counted as one that it received', async () => {
  await using received = await startCapture(blue, blue.device, 'udp port 4711');
  const before = await redPort();
  const frame = etherFrame(
    { destination: String(before['mac']), source: red.mac, etherType: 0x0800 },
    ipv4Packet(
      { source: red.ip4, destination: blue.ip4, protocol: 17 },
      udpDatagram({ source: 4711, destination: 4711 }, new Uint8Array(20)),
    ),
  );
  const packets = await receivedByRed();
  await router.ctl(`trace inject red frame ${Buffer.from(frame).toString('hex')}`);
  await eventually(async () =>
    assert.match(
      (await received.lines()).join('\n'),
      /10\.1\.0\.2\.4711 > 10\.2\.0\.2\.4711: UDP, length 20/,
    ),
  );
  assert.ok((await receivedByRed()) > packets);
});

test('what is no frame, or for no port, is refused', async () => {
  await assert.rejects(router.ctl('trace inject red frame 0102'), /a frame in hexadecimal, 14 bytes or more/);
  await assert.rejects(router.ctl(`trace inject main frame ${'00'.repeat(14)}`), /interface of type port/);
  await assert.rejects(router.ctl('trace follow iface green'), /expected the name of an interface/);
});

/** How many packets of one ping have left traces that everybody may read. */
async function tracedOfOnePing(): Promise<number> {
  await router.ctl('trace clear');
  await assertPings(red, blue.ip4, '-c 1');
  const packets = await router.list('trace show count 100');
  return packets.filter(({ length }) => length === 98).length;
}

async function redPort() {
  const [shown = {}] = await router.list('interface show name red');
  return shown;
}

async function receivedByRed(): Promise<number> {
  const all = await router.list('interface stats');
  return Number(all.find((each) => each['interface'] === 'red')?.['rx_packets']);
}
