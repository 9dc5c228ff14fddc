import {
  attribute,
  CREATE_NEW,
  type NetlinkAnswer,
  type NetlinkMessage,
  netlinkMessage,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { addressToBytes, formatAddress, type IpAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';

const NEW_ADDRESS = 20;
const NEW_ROUTE = 24;
const GET_ROUTE = 26;
const IFA = { ADDRESS: 1, LOCAL: 2 };
const NO_DUPLICATE_DETECTION = 0x02;
const RTA = { DESTINATION: 1, OIF: 4, GATEWAY: 5 };
/** What becomes of packets by a route: they leave, or have arrived. */
export const ROUTE_TYPE = { UNICAST: 1, LOCAL: 2 };
const ROUTE_TYPE_AT = 7;
/** What iproute2 says of a route, too: somebody has added it, to the main table. */
const ROUTE = { table: 254, protocol: 3 };

/** Gives a device an address. The ledger knows that nobody else has it: it need not be asked for. */
export function addAddress(index: number, { address, length }: Prefix): NetlinkMessage {
  const part = Buffer.alloc(8);
  part.writeUInt8(familyOf(address), 0);
  part.writeUInt8(length, 1);
  part.writeUInt8(address.family === 'ipv6' ? NO_DUPLICATE_DETECTION : 0, 2);
  part.writeUInt32LE(index, 4);
  const bytes = Buffer.from(addressToBytes(address));
  return netlinkMessage(
    `address add ${formatPrefix({ address, length })}`,
    { type: NEW_ADDRESS, flags: CREATE_NEW },
    part,
    attribute(IFA.LOCAL, bytes),
    attribute(IFA.ADDRESS, bytes),
  );
}

/** Adds the route to everywhere. */
export function addDefaultRoute(index: number, gateway: IpAddress): NetlinkMessage {
  const part = Buffer.alloc(12);
  part.writeUInt8(familyOf(gateway), 0);
  part.writeUInt8(ROUTE.table, 4);
  part.writeUInt8(ROUTE.protocol, 5);
  part.writeUInt8(ROUTE_TYPE.UNICAST, ROUTE_TYPE_AT);
  return netlinkMessage(
    `route add default via ${formatAddress(gateway)}`,
    { type: NEW_ROUTE, flags: CREATE_NEW },
    part,
    attribute(RTA.GATEWAY, Buffer.from(addressToBytes(gateway))),
    attribute(RTA.OIF, u32(index)),
  );
}

/** Asks for the route to an address, which there may not be; the answer is read by `readRouteTypes`. */
export function askForRoute(address: IpAddress): NetlinkMessage {
  const part = Buffer.alloc(12);
  const bytes = Buffer.from(addressToBytes(address));
  part.writeUInt8(familyOf(address), 0);
  part.writeUInt8(bytes.length * 8, 1);
  const message = netlinkMessage(
    `route get ${formatAddress(address)}`,
    { type: GET_ROUTE },
    part,
    attribute(RTA.DESTINATION, bytes),
  );
  return { ...message, fine: ['ENETUNREACH', 'EHOSTUNREACH'] };
}

/** Reads of what type the routes in an answer are. */
export function readRouteTypes(answers: Iterable<NetlinkAnswer>): readonly number[] {
  const routes = [...answers].filter(({ type }) => type === NEW_ROUTE);
  return routes.map(({ body }) => body.readUInt8(ROUTE_TYPE_AT));
}

/** AF_INET and AF_INET6. */
function familyOf({ family }: IpAddress): number {
  return family === 'ipv4' ? 2 : 10;
}
