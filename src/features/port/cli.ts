import { optional, type Values } from '../../command/argument.ts';
import { cpuList, integer, mac, text } from '../../command/argument-types.ts';
import { formatCpuList } from '../../command/cpu-list.ts';
import { details, table } from '../../command/output.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatMac } from '../../net/mac.ts';
import {
  attributeArguments,
  attributeSyntax,
  attributesOf,
  interfaceName,
  newInterfaceName,
} from '../interface/cli-arguments.ts';
import type { AffinityService, PortService, QueueJson } from './port_pb.js';

const ports = serviceRef<typeof PortService>('millrace.port.v1.PortService');
const affinity = serviceRef<typeof AffinityService>('millrace.port.v1.AffinityService');

const portArguments = {
  ...attributeArguments,
  MAC: optional(mac('The Ethernet address of the port.')),
  'rxqs N': optional(integer({ min: 1, max: 1024, help: 'Receive queues.' })),
  'qsize N': optional(integer({ min: 1, max: 65535, help: 'Descriptors of each queue.' })),
};

/** The commands of ports and of the CPUs that poll them. */
export const portCommands = [
  routerCommand({
    syntax: 'interface add port NAME devargs DEVARGS [IFATTR,(mac MAC),(rxqs N),(qsize N)]',
    help: 'Makes an interface of a DPDK device.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: newInterfaceName(),
      DEVARGS: text('What DPDK calls the device, such as 0000:18:00.1 or net_tap0,iface=x-p0.'),
      ...portArguments,
    },
    run: async ({ NAME, DEVARGS, ...args }, router) => {
      await router.call(ports, 'addPort', {
        name: NAME,
        devargs: DEVARGS,
        attributes: attributesOf(args),
        port: portAttributesOf(args),
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'interface set port NAME (name NEW),IFATTR,(mac MAC),(rxqs N),(qsize N)',
    help: 'Changes attributes of a port; all or none.',
    fragments: { IFATTR: attributeSyntax },
    args: {
      NAME: interfaceName('The port to change.', 'port'),
      NEW: optional(newInterfaceName('The new name of the port.')),
      ...portArguments,
    },
    run: async ({ NAME, NEW, ...args }, router) => {
      await router.call(ports, 'setPort', {
        name: NAME,
        new_name: NEW,
        attributes: attributesOf(args),
        port: portAttributesOf(args),
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'trace inject PORT frame HEX',
    help: 'Takes a frame as though a port had received it.',
    args: {
      PORT: interfaceName('The port to receive it.', 'port'),
      HEX: text('The frame from its Ethernet header on, without checksum at the end.', {
        expects: 'a frame in hexadecimal, 14 bytes or more',
        pattern: /^([0-9a-f]{2}){14,}$/i,
      }),
    },
    run: async ({ PORT, HEX }, router) => {
      await router.call(ports, 'injectFrame', {
        name: PORT,
        frame: Buffer.from(HEX, 'hex').toString('base64'),
      });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'affinity cpus set (control CPULIST),(datapath CPULIST)',
    help: 'Moves control threads or workers to other CPUs while packets flow.',
    args: {
      'control CPULIST': optional(cpuList('The CPUs of all that is not packet forwarding.')),
      'datapath CPULIST': optional(cpuList('The CPUs with one worker each.')),
    },
    run: async (args, router) => {
      const request = { control: args['control CPULIST'], datapath: args['datapath CPULIST'] };
      await router.call(affinity, 'setCpus', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'affinity cpus [show]',
    help: 'Shows the CPUs of control threads and workers.',
    run: async (_, router) => {
      const { cpus } = await router.call(affinity, 'getCpus', {});
      return details({
        control_cpus: formatCpuList(cpus?.control ?? []),
        datapath_cpus: formatCpuList(cpus?.datapath ?? []),
      });
    },
  }),
  routerCommand({
    syntax: 'affinity qmap set PORT rxq N cpu N',
    help: 'Moves a receive queue to another CPU while packets flow.',
    args: {
      PORT: interfaceName('The port of the queue.', 'port'),
      'rxq N': integer({ max: 1023, help: 'The number of the queue.' }),
      'cpu N': integer({ max: 65535, help: 'A datapath CPU.' }),
    },
    run: async (args, router) => {
      const request = { iface: args.PORT, rxq_id: args['rxq N'], cpu_id: args['cpu N'] };
      await router.call(affinity, 'setQueue', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'affinity qmap [show]',
    help: 'Lists which CPU polls which receive queue.',
    run: async (_, router) => {
      const { queues = [] } = await router.call(affinity, 'listQueues', {});
      return table({ items: queues, columns: queueColumns });
    },
  }),
];

function portAttributesOf(args: Values<typeof portArguments>) {
  return {
    mac: args.MAC && formatMac(args.MAC),
    rxqs: args['rxqs N'],
    qsize: args['qsize N'],
  };
}

const queueColumns = {
  CPU_ID: (queue: QueueJson) => queue.cpu_id,
  IFACE: (queue: QueueJson) => queue.iface,
  RXQ_ID: (queue: QueueJson) => queue.rxq_id,
  ENABLED: (queue: QueueJson) => queue.enabled,
};
