import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { run } from './command.ts';
import { eventually } from './eventually.ts';
import { Program } from './program.ts';
import { testTopology } from './testing.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({
  hosts: { red: {}, blue: {} },
  flags: ['-M', '127.0.0.1:9111'],
});
const { red, blue } = hosts;
await eventually(() => assertPings(red, blue.ip4)); // the neighbours know each other from here on

test('a trace shows every stage of a packet, its headers and what became of it', async () => {
  await router.ctl('trace clear\ntrace enable iface red');
  await assertPings(red, blue.ip4, '-c 1');
  await assertNoPing(red, blue.ip4, '-c 1 -t 1');
  const text = await router.ctl('trace show count 100');
  await router.ctl('trace disable all');
  const way = ['ether-input', 'ip4-input', 'ip4-forward', 'ip4-output', 'ether-output', 'port-tx'];
  for (const stage of way) assert.match(text, new RegExp(`^  ${stage} -> `, 'm'));
  assert.match(text, new RegExp(`ipv4 ${red.ip4} > ${blue.ip4} icmp ttl 63 length 84`));
  assert.match(text, /icmp echo request id \d+ seq 1/);
  assert.match(text, /-> drop ip4-ttl-exceeded|ip4-error -> /);
});

test('a trace is JSON as well, and only of the chosen interface', async () => {
  await router.ctl('trace clear\ntrace enable iface blue');
  await assertPings(red, blue.ip4, '-c 1');
  const packets = await router.list('trace show count 100');
  await router.ctl('trace disable all');
  assert.ok(packets.length > 0);
  assert.ok(packets.every(({ iface }) => iface === 'blue'));
});

test('tcpdump reads a capture while it runs', async () => {
  await using capture = piped('capture iface red', 'tcpdump -n -l -r - icmp');
  await capture.said(/reading from file/);
  await assertPings(red, blue.ip4, '-c 2');
  await capture.said(/ICMP echo request.*\n(.*\n)*.*ICMP echo reply/);
});

test('tshark names the interface and direction of every packet, and finds no fault', async () => {
  const fields = ['frame.interface_name', 'frame.comment', 'icmp.type', 'ip.ttl'];
  const options = fields.map((field) => `-e ${field}`).join(' ');
  await using capture = piped('capture', `tshark -l -i - -Y icmp -T fields -E separator=, ${options}`);
  await eventually(async () => {
    await assertPings(red, blue.ip4, '-c 1');
    for (const line of [
      'red,red received,8,64',
      'blue,blue sent,8,63',
      'blue,blue received,0,64',
      'red,red sent,0,63',
    ])
      assert.ok(capture.stdout.includes(line), capture.stdout);
  });
});

test('dropped packets are captured with the name of the drop', async () => {
  await using capture = piped(
    'capture drops',
    'tshark -l -i - -Y icmp -T fields -e frame.comment -e eth.src',
  );
  await eventually(async () => {
    await assertNoPing(red, blue.ip4, '-c 1 -t 1 -W 1');
    assert.match(capture.stdout, /red dropped at ip4-[a-z]+,drop ip4-ttl-exceeded: .*\t(..:){5}../);
  });
});

test('events tell what is changed, as it is changed', async () => {
  await using events = router.watch('events');
  await eventually(async () => {
    await router.ctl(`route add 203.0.113.0/24 via ${blue.ip4}`);
    await router.ctl('route del 203.0.113.0/24');
    assert.match(events.stdout, /^route4 add: vrf=main 203\.0\.113\.0\/24 /m);
    assert.match(events.stdout, /^route4 del: vrf=main 203\.0\.113\.0\/24/m);
  });
});

test('counters are shown with cycles, reset, and of the devices too', async () => {
  await assertPings(red, blue.ip4, '-c 500 -i 0.002'); // a quiet router measures one packet of 64
  await router.ctl('stats reset');
  await assertPings(red, blue.ip4, '-c 5 -i 0.01');
  const rows = await router.list('stats');
  const forward = rows.find(({ node }) => node === 'ip4-forward');
  assert.ok(Number(forward?.packets) >= 10, JSON.stringify(rows));
  assert.ok(Number(forward?.cycles_pkt) > 0, JSON.stringify(rows));
  const [devices = {}] = await router.list('stats show hardware pattern rx_good_packets');
  const received = Number(devices['red.rx_good_packets']);
  assert.ok(received >= 5 && received < 100, JSON.stringify(devices));
});

test('the log has a line for each packet while it is asked for', async () => {
  await router.ctl('log packets enable');
  await assertPings(red, blue.ip4, '-c 1');
  await eventually(() =>
    assert.match(router.log, /icmp echo request id \d+ seq 1, 56 bytes \| port-rx > .* > port-tx > sent/),
  );
  await router.ctl('log packets disable');
});

const python = '/usr/bin/python3';
const parser = 'import prometheus_client.openmetrics.parser';
const parserIsMissing =
  spawnSync(python, ['-c', parser]).status === 0 ? false : 'python3-prometheus-client is not installed';

test('metrics are what a scraper expects', { skip: parserIsMissing }, async () => {
  const text = await router.namespace.run('curl -s http://127.0.0.1:9111/metrics');
  const script = `${parser} as parser, sys
for family in parser.text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples: print(sample.name, sorted(sample.labels.items()), sample.value)`;
  const samples = await run([python, '-c', script], { input: text });
  assert.match(
    samples,
    /^millrace_interface_rx_packets_total \[\('interface', 'red'\), .*\] [1-9][\d.e+]*$/m,
  );
  assert.match(samples, /^millrace_stage_packets_total \[.*'ip4-forward'\)\] [1-9]/m);
  assert.match(samples, /^millrace_dropped_packets_total \[\('drop', 'ip4-ttl-exceeded'\)\] [1-9]/m);
  assert.match(samples, /^millrace_neighbors \[\('state', 'reachable'\)\] [1-9]/m);
  assert.match(samples, /^millrace_routes \[\('family', 'ipv4'\), \('vrf', 'main'\)\] [1-9]/m);
});

/** Runs a line of ctl into a program, as a user does in a shell. */
function piped(line: string, into: string): Program {
  const ctl = router.ctlCommand(...line.split(' ')).join(' ');
  return new Program(['bash', '-c', `exec ${into} < <(exec ${ctl} 2> /dev/null)`]);
}
