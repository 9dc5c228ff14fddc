import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, forgetSizes, twoCustomers } from './two-customers.ts';
import { startCapture } from './witness/capture.ts';
import { assertFlows } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const pair = await twoCustomers();
const { a, b, red1, blue1, red2, blue2 } = pair;

const kinds = {
  mplsoudp: { filter: 'udp dst port 6635', field: 'udp.dstport', value: '6635' },
  mplsogre: { filter: 'proto 47', field: 'gre.proto', value: '0x8847' },
} as const;

for (const kind of ['mplsoudp', 'mplsogre'] as const) {
  for (const underlay of ['IPv4', 'IPv6'] as const) {
    test(`${kind} over ${underlay}: two customers with the same addresses reach their own hosts`, async () => {
      await connect(pair, kind, underlay);
      const { filter, field, value } = kinds[kind];
      await using onCore = await startCapture(
        b.namespace,
        'v-core',
        `${underlay === 'IPv4' ? 'ip' : 'ip6'} and ${filter}`,
      );
      await using toRed = await startCapture(red2, red2.device, 'icmp or icmp6');
      await using toBlue = await startCapture(blue2, blue2.device, 'icmp or icmp6');
      const echoes = 'icmp[0] = 8 or ip6[40] = 128';
      for (const address of [red2.ip4, red2.ip6]) await assertPings(red1, address);
      assert.deepEqual(await toBlue.lines(echoes), []);
      const seenByRed = (await toRed.lines(echoes)).length;
      for (const address of [blue2.ip4, blue2.ip6]) await assertPings(blue1, address);
      assert.equal((await toRed.lines(echoes)).length, seenByRed);
      await onCore.stop();
      assert.deepEqual(await onCore.faulty(), []);
      const seen = await onCore.dissected('mpls', [field, 'mpls.label', 'mpls.bottom']);
      assert.ok(seen.length >= 12, `${seen.length} packets`);
      assert.deepEqual([...new Set(seen)].sort(), [`${value}\t100\t1`, `${value}\t200\t1`]);
    });

    test(`${kind} over ${underlay}: a trace shows what is inside`, async () => {
      await connect(pair, kind, underlay);
      await a.ctl('trace clear\ntrace enable all');
      await assertPings(red1, red2.ip4, '-c 1');
      const text = await a.ctl('trace show count 100');
      await a.ctl('trace disable all');
      const outer = kind === 'mplsoudp' ? 'udp \\d+ > 6635 .*' : 'gre mpls';
      const echo = `ipv4 ${red1.ip4} > ${red2.ip4} icmp ttl 63 .*\\n {4}icmp echo request`;
      assert.match(text, new RegExp(`^ {4}${outer}\\n {4}mpls 100 bottom ttl 63\\n {4}${echo}`, 'm'));
    });

    test(`${kind} over ${underlay}: TCP flows both ways, and no checksum is wrong`, async () => {
      await connect(pair, kind, underlay);
      await using received = await startCapture(red2, red2.device, 'tcp');
      for (const option of ['-4', '-6', '-4 -R']) await assertFlows(red1, red2, `${option} -n 2M`);
      await received.stop();
      assert.deepEqual(await received.faulty(), []);
    });

    test(`${kind} over ${underlay}: what is too big is told the size that is left`, async () => {
      await connect(pair, kind, underlay);
      const headers = (underlay === 'IPv4' ? 20 : 40) + (kind === 'mplsoudp' ? 8 : 4) + 4;
      const mtu = 1500 - headers;
      await forgetSizes(red1);
      const said = await assertNoPing(red1, red2.ip4, '-c 1 -M do -s 1472');
      assert.match(said, new RegExp(`From ${red1.gateway4} .*Frag needed and DF set \\(mtu = ${mtu}\\)`));
      const said6 = await assertNoPing(red1, red2.ip6, '-c 1 -M do -s 1452');
      assert.match(said6, new RegExp(`Packet too big: mtu=${mtu}`));
      await forgetSizes(red1);
      await assertPings(red1, red2.ip4, `-c 1 -M do -s ${mtu - 28}`);
      await assertPings(red1, red2.ip6, `-c 1 -M do -s ${mtu - 48}`);
      await assertPings(red1, red2.ip4, '-c 1 -M dont -s 4000');
      await forgetSizes(red1);
    });
  }
}
