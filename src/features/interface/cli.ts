import { optional } from '../../command/argument.ts';
import { text } from '../../command/argument-types.ts';
import { details, type JsonObject, table } from '../../command/output.ts';
import { counter } from '../../engine/client/counter.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { interfaceName, interfaceService } from './cli-arguments.ts';
import type { InterfaceJson, InterfaceRatesJson, InterfaceStatsJson } from './interface_pb.js';

/** The commands of all interfaces, whatever their type. */
export const interfaceCommands = [
  routerCommand({
    syntax: 'interface [show] [(name NAME)|(type TYPE)]',
    help: 'Shows one interface or lists them.',
    args: {
      NAME: optional(interfaceName('Only this interface, with all it has.')),
      TYPE: optional(text('Only interfaces of this type, such as port or vrf.')),
    },
    run: async ({ NAME, TYPE }, router) => {
      if (NAME === undefined) {
        const { interfaces = [] } = await router.call(interfaceService, 'listInterfaces', { type: TYPE });
        return table({ items: interfaces, columns: interfaceColumns, json: listedJson });
      }
      const found = await router.call(interfaceService, 'getInterface', { name: NAME });
      return details(interfaceJson(found.interface ?? {}));
    },
  }),
  routerCommand({
    syntax: 'interface del NAME',
    help: 'Removes an interface with its addresses, next hops and routes.',
    args: { NAME: interfaceName('The interface to remove.') },
    run: async ({ NAME }, router) => {
      await router.call(interfaceService, 'deleteInterface', { name: NAME });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'interface stats',
    help: 'Lists the packet counters of all interfaces.',
    run: async (_, router) => {
      const { stats = [] } = await router.call(interfaceService, 'getInterfaceStats', {});
      return table({ items: stats, columns: statsColumns });
    },
  }),
  routerCommand({
    syntax: 'interface rates',
    help: 'Lists packets and bytes per second of all interfaces.',
    run: async (_, router) => {
      const { rates = [] } = await router.call(interfaceService, 'getInterfaceRates', {});
      return table({ items: rates, columns: ratesColumns });
    },
  }),
];

const interfaceColumns = {
  NAME: (item: InterfaceJson) => item.name,
  ID: (item: InterfaceJson) => item.id,
  FLAGS: (item: InterfaceJson) => item.flags,
  MODE: (item: InterfaceJson) => item.mode,
  DOMAIN: (item: InterfaceJson) => item.vrf ?? item.domain,
  TYPE: (item: InterfaceJson) => item.type,
  INFO: (item: InterfaceJson) => item.info,
};

/** Puts what belongs to the interface's type beside what every interface has. */
function interfaceJson({ info: _, details: own, ...common }: InterfaceJson): JsonObject {
  return { ...common, ...own };
}

/** The same in a list, with the texts that the table has. */
function listedJson(item: InterfaceJson): JsonObject {
  return { ...interfaceJson(item), domain: item.vrf ?? item.domain, info: (item.info ?? []).join(' ') };
}

const statsColumns = {
  INTERFACE: (item: InterfaceStatsJson) => item.interface,
  RX_PACKETS: (item: InterfaceStatsJson) => counter(item.rx_packets),
  RX_BYTES: (item: InterfaceStatsJson) => counter(item.rx_bytes),
  RX_DROPS: (item: InterfaceStatsJson) => counter(item.rx_drops),
  TX_PACKETS: (item: InterfaceStatsJson) => counter(item.tx_packets),
  TX_BYTES: (item: InterfaceStatsJson) => counter(item.tx_bytes),
  TX_ERRORS: (item: InterfaceStatsJson) => counter(item.tx_errors),
  CP_RX_PACKETS: (item: InterfaceStatsJson) => counter(item.cp_rx_packets),
  CP_RX_BYTES: (item: InterfaceStatsJson) => counter(item.cp_rx_bytes),
  CP_TX_PACKETS: (item: InterfaceStatsJson) => counter(item.cp_tx_packets),
  CP_TX_BYTES: (item: InterfaceStatsJson) => counter(item.cp_tx_bytes),
};

const ratesColumns = {
  INTERFACE: (item: InterfaceRatesJson) => item.interface,
  'RX_PACKETS/S': (item: InterfaceRatesJson) => rounded(item.rx_pps),
  'RX_BYTES/S': (item: InterfaceRatesJson) => rounded(item.rx_bps, 8),
  'RX_DROPS/S': (item: InterfaceRatesJson) => rounded(item.rx_drops_pps),
  'TX_PACKETS/S': (item: InterfaceRatesJson) => rounded(item.tx_pps),
  'TX_BYTES/S': (item: InterfaceRatesJson) => rounded(item.tx_bps, 8),
  'TX_ERRORS/S': (item: InterfaceRatesJson) => rounded(item.tx_errors_pps),
};

// The JSON of protobuf writes doubles as numbers, and what no number can say as words.
function rounded(rate: number | 'NaN' | 'Infinity' | '-Infinity' | undefined, unit = 1): number {
  return Math.round(Number(rate ?? 0) / unit);
}
