import { portXstats } from '../../engine/host/dpdk.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Interface, Interfaces } from '../interface/index.ts';

/**
 * Shows the counters that the ports' devices keep themselves.
 *
 * A reset is remembered here: one in the device would make the interfaces' counters and rates fall, too.
 */
export function showPorts(telemetry: Telemetry, interfaces: Interfaces): void {
  const baselines = new Map<number, Readonly<Record<string, bigint>>>();
  const ports = () => interfaces.list.filter((iface) => iface.type === 'port');
  telemetry.deviceCounters = (name) => {
    const doing = 'showing the counters of a device';
    const chosen = name === undefined ? ports() : [interfaces.named(doing, name, 'port')];
    return chosen.flatMap((iface) => countersOf(iface, baselines.get(iface.id) ?? {}));
  };
  telemetry.onReset(() => {
    for (const { id, port } of ports()) baselines.set(id, portXstats(port));
  });
  interfaces.listen({
    removing: ({ id }) => {
      baselines.delete(id);
    },
  });
}

function countersOf({ name: iface, port }: Interface, baseline: Readonly<Record<string, bigint>>) {
  return Object.entries(portXstats(port)).map(([name, now]) => {
    const before = baseline[name] ?? 0n;
    return { iface, name, value: now >= before ? now - before : now };
  });
}
