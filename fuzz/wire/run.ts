import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Router } from '../../lab/router.ts';
import { metricsFlags } from '../../lab/stress/footprint.ts';
import { wireConfig } from './config.ts';
import { type Holding, holdingOf } from './holding.ts';
import { hostileFiles, PORTS } from './traffic.ts';

/**
 * Growth of the resident memory that is no leak in the full run: V8 lets 110 MB of garbage gather and collects them once
 * in some hundred million packets. An object lost with each packet for the control thread would be a gigabyte.
 */
const GROWTH_MEGABYTES = 128;
/** Part of the packets after which memory is looked at first: tables and caches have filled by then. */
const WARM = 0.25;
/** Packets that wait for neighbours are given up after some seconds. */
const SETTLE_MS = 20_000;
const LOOK_MS = 500;
/** Fresh buffers that a worker keeps at hand (SPARE_MAX of src/engine/layout.ts). */
const SPARES = 64;

/** What came of hostile traffic; `wrong` is empty when all is well. */
export interface WireOutcome {
  readonly received: number;
  readonly seconds: number;
  readonly before: Holding;
  readonly warm: Holding;
  readonly after: Holding;
  readonly wrong: readonly string[];
}

/** Sends the fuzzer's packets through a router process by three ports, and looks at what it holds before and after. */
export async function sendHostile(options: {
  readonly packets: number;
  readonly seed: number;
  /** Most that the resident memory may grow by after a quarter. */
  readonly growthMegabytes: number;
}): Promise<WireOutcome> {
  const directory = mkdtempSync(join(tmpdir(), `mr-${process.pid}-`));
  try {
    const files = hostileFiles(options.seed).map((bytes, i) => {
      const file = join(directory, `port${i}.pcap`);
      writeFileSync(file, bytes);
      return file;
    });
    await using router = await new Router({ directory, flags: ['-p', ...metricsFlags(directory)] }).start();
    return await sendBy(router, files, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function sendBy(
  router: Router,
  files: readonly string[],
  { packets, growthMegabytes }: { readonly packets: number; readonly growthMegabytes: number },
): Promise<WireOutcome> {
  const before = await holdingOf(router);
  const started = performance.now();
  await router.ctl(wireConfig(files));
  const warm = await holdingAfter(router, packets * WARM);
  const full = await holdingAfter(router, packets);
  const seconds = (performance.now() - started) / 1000;
  await router.ctl(Array.from({ length: PORTS }, (_, i) => `interface del p${i}`).join('\n'));
  const after = await settled(router, before);
  const wrong = [
    ...(after.buffers > before.buffers + SPARES
      ? [`${after.buffers - before.buffers} buffers are still in use`]
      : []),
    ...(full.residentMegabytes > warm.residentMegabytes + growthMegabytes
      ? [`resident memory grew from ${warm.residentMegabytes} to ${full.residentMegabytes} MB`]
      : []),
    ...(/trapped|a mistake in the router/.test(router.log) ? [`the router has trapped:\n${router.log}`] : []),
  ];
  return {
    received: full.received,
    seconds,
    before,
    warm,
    after: { ...after, residentMegabytes: full.residentMegabytes },
    wrong,
  };
}

/** Waits until so many packets were received. @throws Error when none is any more */
async function holdingAfter(router: Router, packets: number): Promise<Holding> {
  let last = -1;
  for (;;) {
    const holding = await holdingOf(router);
    if (holding.received >= packets) return holding;
    if (holding.received === last)
      throw new Error(`the router receives nothing after ${last} packets:\n${router.log}`);
    last = holding.received;
    await delay(LOOK_MS);
  }
}

/** Waits until the packets that were held are given up. */
async function settled(router: Router, before: Holding): Promise<Holding> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const holding = await holdingOf(router);
    if (holding.buffers <= before.buffers + SPARES || performance.now() > end) return holding;
    await delay(LOOK_MS);
  }
}

/** Sends packets, tells what came of it, and resolves to the exit status. */
export async function runOnWire(
  options: { readonly packets: number; readonly seed: number },
  say: (line: string) => void,
): Promise<number> {
  say(`fuzz  seed ${options.seed}, ${options.packets} packets by ${PORTS} ports`);
  const { received, seconds, before, warm, after, wrong } = await sendHostile({
    ...options,
    growthMegabytes: GROWTH_MEGABYTES,
  });
  say(
    `fuzz  ${received} packets in ${seconds.toFixed(0)} s, ${(received / seconds / 1e6).toFixed(2)} million a second`,
  );
  say(
    `fuzz  buffers in use: ${before.buffers} before, ${after.buffers} after (a worker keeps up to ${SPARES})`,
  );
  say(
    `fuzz  resident memory: ${warm.residentMegabytes} MB after a quarter, ${after.residentMegabytes} MB at the end`,
  );
  for (const line of wrong) say(`found  ${line}`);
  return wrong.length === 0 ? 0 : 1;
}
