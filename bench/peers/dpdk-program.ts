import { existsSync, rmSync } from 'node:fs';
import type { Forwarding } from '../peer.ts';
import type { Program } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { Telemetry } from '../telemetry.ts';

/** DPDK's arguments for a program with virtual devices only, in hugepages that vanish with it. */
export function ealArguments(options: {
  readonly cores: readonly number[];
  readonly filePrefix: string;
  readonly devices: readonly string[];
}): readonly string[] {
  return [
    ...['-l', options.cores.join(','), '--no-pci', '--in-memory', '-m', '512'],
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
  const directory = `/run/dpdk/${options.filePrefix}`;
  await using resources = new AsyncDisposableStack();
  if (options.alongside !== undefined) resources.use(options.alongside);
  resources.defer(() => rmSync(directory, { recursive: true, force: true }));
  resources.use(options.program);
  const socket = `${directory}/dpdk_telemetry.v2`;
  await options.program.until('its telemetry socket', async () => existsSync(socket) || undefined);
  const script = await telemetryScript(() => {});
  const telemetry = resources.use(new Telemetry({ script, filePrefix: options.filePrefix }));
  const sample = () => telemetry.sentBy(options.device);
  await options.program.until('its first packet', async () =>
    (await sample()).packets > 0 ? true : undefined,
  );
  const kept = resources.move();
  return { pid: options.program.pid, sample, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
