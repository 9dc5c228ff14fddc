import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { InterfaceCounters, InterfaceCounting } from './counters.ts';
import type { Interface } from './interface.ts';
import type { Interfaces } from './interfaces.ts';
import { INTERFACE_CAPTURED, INTERFACE_TRACED } from './layout.ts';
import type { RateMeter, Rates } from './rates.ts';

/** What is known of interfaces. */
interface Known {
  readonly interfaces: Interfaces;
  readonly counting: InterfaceCounting;
  readonly rates: RateMeter;
}

/** Lets telemetry watch interfaces, and shows their counters and rates as metrics. */
export function showInterfaces(telemetry: Telemetry, feature: Known): void {
  const { interfaces } = feature;
  telemetry.interfaces = {
    get list() {
      return interfaces.list;
    },
    find: (id) => interfaces.find(id),
    findNamed: (name) => interfaces.findNamed(name),
    watch: (purpose, on, id) => interfaces.watch(watchFlags[purpose], on, id),
  };
  telemetry.metrics.register(() => interfaceMetrics(feature));
}

const watchFlags = { trace: INTERFACE_TRACED, capture: INTERFACE_CAPTURED } as const;

function interfaceMetrics({ interfaces, counting, rates }: Known): readonly MetricFamily[] {
  const list = interfaces.list;
  const counters = new Map(list.map((iface) => [iface.id, counting.of(iface)]));
  const labels = (iface: Interface) => ({
    interface: iface.name,
    type: iface.type,
    vrf: interfaces.vrfName(iface.vrf),
  });
  const counted = (
    name: string,
    help: string,
    key: keyof InterfaceCounters,
    unit?: string,
  ): MetricFamily => ({
    name: `millrace_interface_${name}`,
    type: 'counter',
    help,
    ...(unit === undefined ? {} : { unit }),
    samples: list.map((iface) => ({ labels: labels(iface), value: counters.get(iface.id)?.[key] ?? 0n })),
  });
  const rated = (name: string, help: string, key: keyof Rates): MetricFamily => ({
    name: `millrace_interface_${name}`,
    type: 'gauge',
    help,
    samples: list.map((iface) => ({ labels: labels(iface), value: rates.of(iface.id)?.[key] ?? 0 })),
  });
  return [
    counted('rx_packets', 'Packets received.', 'rxPackets'),
    counted('rx_bytes', 'Bytes received.', 'rxBytes', 'bytes'),
    counted('rx_dropped_packets', 'Packets that the device could not take.', 'rxDrops'),
    counted('tx_packets', 'Packets sent.', 'txPackets'),
    counted('tx_bytes', 'Bytes sent.', 'txBytes', 'bytes'),
    counted('tx_failed_packets', 'Packets that the device could not send.', 'txErrors'),
    rated('rx_packets_per_second', 'Packets received in the last second.', 'rxPps'),
    rated('rx_bits_per_second', 'Bits received in the last second.', 'rxBps'),
    rated('tx_packets_per_second', 'Packets sent in the last second.', 'txPps'),
    rated('tx_bits_per_second', 'Bits sent in the last second.', 'txBps'),
    {
      name: 'millrace_interface_up',
      type: 'gauge',
      help: 'Whether an interface is up and its link is, too.',
      samples: list.map((iface) => ({ labels: labels(iface), value: iface.up && iface.running ? 1 : 0 })),
    },
  ];
}
