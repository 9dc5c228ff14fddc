import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { allowedCpus } from '../../engine/host/dpdk.ts';
import type { Router } from '../../engine/host/router.ts';
import type { PortQueue } from '../../engine/host/worker-areas.ts';
import type { Interfaces } from '../interface/index.ts';
import { AffinityService } from './port_pb.js';
import type { Ports } from './ports.ts';

/** Which CPUs do what, shown and changed while packets flow. */
export function affinityService(router: Router, interfaces: Interfaces, ports: Ports): ApiService {
  const cpus = () => ({
    control: [...router.controlCpus.list],
    datapath: router.workers.list.map(({ cpu }) => cpu),
  });
  return apiService(AffinityService, {
    getCpus: () => ({ cpus: cpus() }),
    async setCpus({ control, datapath }) {
      checkCpus('set affinity', [...control, ...datapath]);
      if (datapath.length > 0) await interfaces.inTurn(() => ports.setDatapathCpus(datapath));
      if (control.length > 0) router.controlCpus.move(control);
      return { cpus: cpus() };
    },
    listQueues: () => ({ queues: listQueues(router, interfaces, ports) }),
    async setQueue({ iface, rxqId, cpuId }) {
      await interfaces.inTurn(() => {
        const queue = queueOf({ interfaces, ports, iface, rxqId });
        return ports.polling.move(queue, cpuId);
      });
      return {};
    },
  });
}

/** Finds a receive queue by its interface and number. @throws ApiError ENODEV, EINVAL */
function queueOf(wanted: {
  readonly interfaces: Interfaces;
  readonly ports: Ports;
  readonly iface: string;
  readonly rxqId: number;
}): PortQueue {
  const { interfaces, ports, iface, rxqId } = wanted;
  const doing = `move a receive queue of ${iface}`;
  const { port } = interfaces.named(doing, iface, 'port');
  const count = ports.device(port)?.queues.rxQueues ?? 0;
  if (rxqId < count) return { port, queue: rxqId };
  throw new ApiError('EINVAL', { doing, expected: `a queue of 0 to ${count - 1}`, received: String(rxqId) });
}

function listQueues(router: Router, interfaces: Interfaces, ports: Ports) {
  const names = new Map(
    interfaces.list.filter(({ type }) => type === 'port').map(({ port, name }) => [port, name]),
  );
  const cpuOf = new Map(router.workers.list.map(({ index, cpu }) => [index, cpu]));
  return ports.polling.assigned.flatMap(({ worker, queues }) =>
    queues.map(({ port, queue }) => ({
      cpuId: cpuOf.get(worker) ?? 0,
      iface: names.get(port) ?? '',
      rxqId: queue,
      enabled: true,
    })),
  );
}

function checkCpus(doing: string, cpus: readonly number[]): void {
  const allowed = allowedCpus();
  const bad = cpus.find((cpu) => !allowed.includes(cpu));
  if (bad === undefined) return;
  throw new ApiError('EINVAL', {
    doing,
    expected: `CPUs among ${allowed.join(', ')}`,
    received: String(bad),
  });
}
