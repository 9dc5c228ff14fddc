import {
  attribute,
  CREATE_OR_REPLACE,
  type NetlinkMessage,
  netlinkMessage,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { formatAddress, type IpAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';
import { bytesOf, FAMILY } from './address-parts.ts';
import type { HostDevice } from './devices.ts';

/** A route that leads to a device. */
export interface DeviceRoute {
  readonly device: HostDevice;
  readonly network: Prefix;
  readonly source?: IpAddress;
  readonly metric: number;
  readonly mtu?: number;
  readonly protocol: number;
  /** Absent: the host's own table. */
  readonly table?: number;
}

const TYPE = { NEW_ROUTE: 24, DELETE_ROUTE: 25 };
const CREATE_BESIDE = 0xc00; // NLM_F_CREATE | NLM_F_APPEND
const RTA = { DESTINATION: 1, OIF: 4, PRIORITY: 6, SOURCE: 7, METRICS: 8, TABLE: 15 };
const RTAX_MTU = 2;
const MAIN_TABLE = 254;
const SCOPE = { LINK: 253, NOWHERE: 255 };
const UNICAST = 1;

/** Sets the route of a network, or adds it beside those that other devices have. */
export function putRoute(route: DeviceRoute, how: 'replace' | 'append'): NetlinkMessage {
  return netlinkMessage(
    `route ${how} ${routeWords(route)}`,
    { type: TYPE.NEW_ROUTE, flags: how === 'replace' ? CREATE_OR_REPLACE : CREATE_BESIDE },
    ...routeParts(route, { scope: SCOPE.LINK, type: UNICAST }),
  );
}

export function takeRoute(route: DeviceRoute): NetlinkMessage {
  return netlinkMessage(
    `route del ${routeWords(route)}`,
    { type: TYPE.DELETE_ROUTE },
    ...routeParts(route, { scope: SCOPE.NOWHERE, type: 0 }),
  );
}

/** rtmsg of rtnetlink(7), and what comes with it. */
function routeParts(
  { device, network, source, metric, mtu, protocol, table = MAIN_TABLE }: DeviceRoute,
  { scope, type }: { readonly scope: number; readonly type: number },
): readonly Buffer[] {
  const { address, length } = network;
  const part = Buffer.from([FAMILY[address.family], length, 0, 0, 0, protocol, scope, type, 0, 0, 0, 0]);
  return [
    part,
    ...(length === 0 ? [] : [attribute(RTA.DESTINATION, bytesOf(address))]),
    attribute(RTA.OIF, u32(device.index)),
    attribute(RTA.PRIORITY, u32(metric)),
    attribute(RTA.TABLE, u32(table)),
    ...(source === undefined ? [] : [attribute(RTA.SOURCE, bytesOf(source))]),
    ...(mtu === undefined ? [] : [attribute(RTA.METRICS, attribute(RTAX_MTU, u32(mtu)))]),
  ];
}

function routeWords({ device, network, source, metric, mtu, protocol, table }: DeviceRoute): string {
  const from = source === undefined ? '' : ` src ${formatAddress(source)}`;
  const size = mtu === undefined ? '' : ` mtu ${mtu}`;
  const where = table === undefined ? '' : ` table ${table}`;
  return `${formatPrefix(network)} dev ${device.name}${from} metric ${metric}${size} proto ${protocol}${where}`;
}
