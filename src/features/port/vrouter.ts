import { apiService } from '../../engine/host/api/service.ts';
import type { Router } from '../../engine/host/router.ts';
import { parseMac } from '../../net/mac.ts';
import { type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import { affinityService } from './affinity.ts';
import { injectFrame } from './inject.ts';
import type { PortAttributes as PortMessage } from './port_pb.js';
import { PortService } from './port_pb.js';
import { type PortAttributes, Ports } from './ports.ts';

export { devicesIn } from './devices-in.ts';
export { showPorts } from './telemetry.ts';

/** Sets up ports, their service and that of affinity. */
export function startPorts(router: Router, interfaces: Interfaces): Ports {
  const ports = new Ports(router, interfaces);
  router.services.push(
    apiService(PortService, {
      addPort: ({ name, devargs, attributes, port }) =>
        interfaces.inTurn(async () => {
          const wanted = readAttributes(interfaces, `add port ${name}`, attributes);
          const iface = await ports.add({ name, devargs, attributes: wanted, port: readPort(port) });
          return { interface: interfaceMessage(interfaces, iface) };
        }),
      setPort: ({ name, newName, attributes, port }) =>
        interfaces.inTurn(async () => {
          const doing = `set port ${name}`;
          const wanted = readAttributes(interfaces, doing, attributes, port?.mac);
          await ports.setQueues(interfaces.named(doing, name, 'port'), readPort(port));
          return { interface: interfaceMessage(interfaces, await interfaces.set(name, wanted, newName)) };
        }),
      injectFrame: (request) => {
        injectFrame(router, interfaces, request);
        return {};
      },
    }),
    affinityService(router, interfaces, ports),
  );
  ports.start();
  return ports;
}

function readPort(message: PortMessage | undefined): PortAttributes {
  const { mac, rxqs, qsize } = message ?? {};
  return {
    ...(mac === undefined ? {} : { mac: parseMac(mac) }),
    ...(rxqs === undefined ? {} : { rxqs }),
    ...(qsize === undefined ? {} : { qsize }),
  };
}
