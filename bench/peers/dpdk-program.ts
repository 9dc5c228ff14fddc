import { existsSync, rmSync } from 'node:fs';
import { atExit } from '../../lab/at-exit.ts';
import type { Program } from '../../lab/program.ts';
import type { Forwarding } from '../peer.ts';
import { bootPatience } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { Telemetry } from '../telemetry.ts';

/** DPDK's arguments for a program with virtual devices only, in hugepages that vanish with it. */
export function ealArguments(options: {
  /** As EAL's --lcores has it: "LCORE@CPU,…". */
  readonly lcores: string;
  readonly filePrefix: string;
  readonly devices: readonly string[];
  readonly memoryMiB?: number;
}): readonly string[] {
  return [
    ...[`--lcores=${options.lcores}`, '--no-pci', '--in-memory', '-m', String(options.memoryMiB ?? 512)],
    `--file-prefix=${options.filePrefix}`,
    ...options.devices.map((device) => `--vdev=${device}`),
  ];
}

/** Waits until the program has sent something, and then counts by its telemetry. */
export async function dpdkForwarding(options: {
  readonly program: Program;
  readonly filePrefix: string;
  readonly device: string;
  /** What else ends with it. */
  readonly alongside?: AsyncDisposable;
}): Promise<Forwarding> {
  await using resources = new AsyncDisposableStack();
  if (options.alongside !== undefined) resources.use(options.alongside);
  resources.use(options.program);
  const telemetry = resources.use(await openTelemetry(options.program, options.filePrefix));
  const sample = () => telemetry.sentBy(options.device);
  await options.program.until(
    async () => (await sample()).packets > 0 || undefined,
    'its first packet',
    bootPatience,
  );
  const kept = resources.move();
  return { pid: options.program.pid, sample, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Opens the telemetry of a DPDK program as soon as it is there. */
export async function openTelemetry(program: Program, filePrefix: string): Promise<Telemetry> {
  const socket = `${runtimeDirectory(filePrefix)}/dpdk_telemetry.v2`;
  await program.until(() => existsSync(socket) || undefined, 'its telemetry socket', bootPatience);
  return new Telemetry({ script: await telemetryScript(() => {}), filePrefix });
}

/** Returns a file prefix of this process's own; what DPDK leaves behind under it is removed at the end. */
export function ownFilePrefix(name: string): string {
  const filePrefix = `mrbench-${process.pid}-${name}`;
  atExit(() => rmSync(runtimeDirectory(filePrefix), { recursive: true, force: true }));
  return filePrefix;
}

function runtimeDirectory(filePrefix: string): string {
  return `/run/dpdk/${filePrefix}`;
}
