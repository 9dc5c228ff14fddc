import {
  attribute,
  CREATE_OR_REPLACE,
  type NetlinkMessage,
  netlinkMessage,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { addressBits, formatAddress, type IpAddress } from '../../../net/address.ts';
import { bytesOf, FAMILY } from './address-parts.ts';
import type { HostDevice } from './devices.ts';

const TYPE = { NEW_ADDRESS: 20, DELETE_ADDRESS: 21 };
const IFA = { ADDRESS: 1, LOCAL: 2, BROADCAST: 4, FLAGS: 8 };
const IFA_FLAG = { NO_DUPLICATE_DETECTION: 0x02, NO_PREFIX_ROUTE: 0x200 };

/** Gives a device an address that is alone on it: no network comes with it, and nobody is asked whether it is free. */
export function putAddress(
  { name, index }: HostDevice,
  address: IpAddress,
  broadcast: IpAddress | undefined,
): NetlinkMessage {
  const isIpv6 = address.family === 'ipv6';
  const flags = IFA_FLAG.NO_PREFIX_ROUTE | (isIpv6 ? IFA_FLAG.NO_DUPLICATE_DETECTION : 0);
  const heard = broadcast === undefined ? '' : ` brd ${formatAddress(broadcast)}`;
  return netlinkMessage(
    `addr replace ${whole(address)}${heard} dev ${name} noprefixroute${isIpv6 ? ' nodad' : ''}`,
    { type: TYPE.NEW_ADDRESS, flags: CREATE_OR_REPLACE },
    addressPart(index, address),
    ...addressAttributes(address),
    ...(broadcast === undefined ? [] : [attribute(IFA.BROADCAST, bytesOf(broadcast))]),
    attribute(IFA.FLAGS, u32(flags)),
  );
}

/** Takes an address from a device. */
export function takeAddress({ name, index }: HostDevice, address: IpAddress): NetlinkMessage {
  return netlinkMessage(
    `addr del ${whole(address)} dev ${name}`,
    { type: TYPE.DELETE_ADDRESS },
    addressPart(index, address),
    ...addressAttributes(address),
  );
}

/** ifaddrmsg of rtnetlink(7). */
function addressPart(index: number, { family }: IpAddress): Buffer {
  const part = Buffer.alloc(8);
  part.writeUInt8(FAMILY[family], 0);
  part.writeUInt8(addressBits(family), 1);
  part.writeUInt32LE(index, 4);
  return part;
}

function addressAttributes(address: IpAddress): readonly Buffer[] {
  const bytes = bytesOf(address);
  return [attribute(IFA.LOCAL, bytes), attribute(IFA.ADDRESS, bytes)];
}

function whole(address: IpAddress): string {
  return `${formatAddress(address)}/${addressBits(address.family)}`;
}
