import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../command.ts';
import { eventually } from '../eventually.ts';
import { Host } from '../host.ts';
import { Router } from '../router.ts';
import { openApi, outcomeOf } from './api.ts';
import { stressChanges } from './changes.ts';
import { freeHugepages, leftoversOf } from './leftovers.ts';
import { Findings, type Outcome } from './outcome.ts';
import { Traffic } from './traffic.ts';

/**
 * Kills a router at random moments, again and again, while packets come for it: in the middle of its start, of packets,
 * of changes of its tables, of ports that come and go. Each start after that succeeds, and nothing accumulates.
 */
export async function stressKill(kills: number): Promise<Outcome> {
  const findings = new Findings();
  await using resources = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), `mr-${process.pid}-`));
  const router = resources.use(new Router({ name: 'doomed', directory, config: configIn(directory) }));
  const [left, right] = [
    new Host('left', { network: 1, link: 'veth' }),
    new Host('right', { network: 2, link: 'veth' }),
  ];
  for (const host of [left, right]) {
    resources.defer(() => host.close());
    await connect(router, host);
  }
  await router.start();
  await router.stop();
  const before = await leftoversOf(router);
  const hugepages = freeHugepages();
  resources.use(await Traffic.start(left, right, 2000));
  const startsMs: number[] = [];
  for (let kill = 0; kill < kills; kill += 2) {
    await killOnce(router, kill / 2);
    startsMs.push(await startAgain(router, left, right));
    await router.stop('SIGKILL');
  }
  await router.start();
  const status = await router.stop();
  findings.expect(status === 0, `expected the last one to end in order, got status ${status}`);
  noteTimes(findings, startsMs);
  findings.note('kills', 2 * startsMs.length);
  findings.note('free hugepages', `${hugepages} → ${freeHugepages()}`);
  for (const left of differences(before, await leftoversOf(router))) findings.expect(false, left);
  return findings;
}

/** Lines of ctl that make a port of every kind that has something on the host. */
const configIn = (directory: string) => `
  interface add port left devargs net_af_packet0,iface=v-left
  interface add port right devargs net_af_packet1,iface=v-right
  interface add port tap devargs net_tap0,iface=x-tap
  interface add port vhost devargs net_vhost0,iface=${directory}/vhost.sock
  interface add port memif devargs net_memif0,role=server,socket-abstract=no,socket=${directory}/memif.sock
  address add 10.1.0.1/24 iface left
  address add 10.2.0.1/24 iface right
  address add 10.3.0.1/24 iface tap
  route add 10.99.0.0/16 via 10.2.0.2
`;

/** Starts it and kills it at some moment: every third one before it is ready, the others while it is changed. */
async function killOnce(router: Router, kill: number): Promise<void> {
  const program = router.launch();
  if (kill % 3 === 0) {
    await delay(Math.random() * 1000);
  } else {
    await program.said(/the router is ready/, { timeoutMs: 30_000 });
    const changes = kill % 3 === 1 ? changeTables(router) : changePorts(router);
    await delay(Math.random() * 400);
    await program.close('SIGKILL');
    await changes;
  }
  await program.close('SIGKILL');
}

/** Milliseconds until it is ready; then packets must flow. @throws LabError when they do not */
async function startAgain(router: Router, left: Host, right: Host): Promise<number> {
  const startMs = performance.now();
  await router.start();
  const readyMs = performance.now() - startMs;
  await eventually(() => left.run(`ping -c 1 -W 1 ${right.ip4}`), { timeoutMs: 10_000 });
  return readyMs;
}

async function changeTables(router: Router): Promise<void> {
  const through = { label: 'right', plan: { network: 2 }, mac: '02:00:00:00:02:02' };
  await outcomeOf(stressChanges(router, through, { seconds: 10, perSecond: 100_000 }));
}

async function changePorts(router: Router): Promise<void> {
  using api = openApi(router.socket);
  for (let index = 0; index < 100; index++) {
    const added = await outcomeOf(api.ports.addPort({ name: 'more', devargs: 'net_tap9,iface=x-more' }));
    const deleted = await outcomeOf(api.interfaces.deleteInterface({ name: 'more' }));
    if (!added.done || !deleted.done) return;
  }
}

async function connect(router: Router, host: Host): Promise<void> {
  await run(['ip', '-n', host.name, '-batch', '-'], {
    input: `link add ${host.device} type veth peer name v-${host.label} netns ${router.namespace.name}`,
  });
  await router.namespace.ip(`link set v-${host.label} up promisc on`);
  await host.configure();
}

function noteTimes(findings: Findings, startsMs: readonly number[]): void {
  const sorted = [...startsMs].sort((a, b) => a - b).map(Math.round);
  findings.note('ready after', `${sorted[sorted.length >> 1]} ms (median), ${sorted.at(-1)} ms (longest)`);
}

/** What is there now and was not before, or the other way round. */
function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  const more = after.filter((each) => !before.includes(each)).map((each) => `left behind: ${each}`);
  const less = before.filter((each) => !after.includes(each)).map((each) => `gone: ${each}`);
  return [...more, ...less];
}
