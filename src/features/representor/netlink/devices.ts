import {
  attribute,
  type NetlinkAnswer,
  type NetlinkMessage,
  netlinkMessage,
  readAttributes,
  text,
  textOf,
  u8,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { formatMac, type Mac, macToBytes } from '../../../net/mac.ts';

/** A device of the host: it is known to messages by its number, to people by its name. */
export interface HostDevice {
  readonly name: string;
  readonly index: number;
}

/** What of a device is to be set. */
export interface DeviceChange {
  readonly mac?: Mac;
  readonly mtu?: number;
  readonly arp?: false;
  readonly up?: boolean;
  readonly carrier?: boolean;
  readonly name?: string;
  /** Those of a group can be deleted together. */
  readonly group?: number;
}

const TYPE = { NEW_LINK: 16, DELETE_LINK: 17, GET_LINK: 18 };
const IFLA = { ADDRESS: 1, NAME: 3, MTU: 4, GROUP: 27, EXTENSIONS: 29, CARRIER: 33 };
const SKIP_STATISTICS = 8; // RTEXT_FILTER_SKIP_STATS
const LINK_BYTES = 16;
const IFF = { UP: 0x1, NO_ARP: 0x80 };

/** Asks for a device by its name, without all that it has counted; its number is in the answer. */
export function findDevice(name: string): NetlinkMessage {
  const named = attribute(IFLA.NAME, text(name));
  const brief = attribute(IFLA.EXTENSIONS, u32(SKIP_STATISTICS));
  return netlinkMessage(`link show dev ${name}`, { type: TYPE.GET_LINK }, linkPart(0), named, brief);
}

/** Reads the device in an answer. */
export function readDevice({ type, body }: NetlinkAnswer): HostDevice | undefined {
  if (type !== TYPE.NEW_LINK) return undefined;
  const attributes = readAttributes(body.subarray(LINK_BYTES));
  return { name: textOf(attributes.get(IFLA.NAME)), index: body.readInt32LE(4) };
}

/** Sets something of a device. */
export function setDevice({ name, index }: HostDevice, change: DeviceChange): NetlinkMessage {
  const { mac, mtu, arp, up, carrier, group } = change;
  const words = [
    ...(mac === undefined ? [] : [`address ${formatMac(mac)}`]),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(arp === undefined ? [] : ['arp off']),
    ...(up === undefined ? [] : [up ? 'up' : 'down']),
    ...(carrier === undefined ? [] : [`carrier ${carrier ? 'on' : 'off'}`]),
    ...(change.name === undefined ? [] : [`name ${change.name}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
  ];
  const flags = (up ? IFF.UP : 0) | (arp === false ? IFF.NO_ARP : 0);
  const changed = (up === undefined ? 0 : IFF.UP) | (arp === false ? IFF.NO_ARP : 0);
  return netlinkMessage(
    `link set dev ${name} ${words.join(' ')}`,
    { type: TYPE.NEW_LINK },
    linkPart(index, flags, changed),
    ...(mac === undefined ? [] : [attribute(IFLA.ADDRESS, Buffer.from(macToBytes(mac)))]),
    ...(mtu === undefined ? [] : [attribute(IFLA.MTU, u32(mtu))]),
    ...(carrier === undefined ? [] : [attribute(IFLA.CARRIER, u8(carrier ? 1 : 0))]),
    ...(change.name === undefined ? [] : [attribute(IFLA.NAME, text(change.name))]),
    ...(group === undefined ? [] : [attribute(IFLA.GROUP, u32(group))]),
  );
}

/** Deletes a device, which goes before the file descriptor that holds it is closed. */
export function deleteDevice({ name, index }: HostDevice): NetlinkMessage {
  return netlinkMessage(`link del dev ${name}`, { type: TYPE.DELETE_LINK }, linkPart(index));
}

/** Deletes all devices of a group at once. */
export function deleteGroup(group: number): NetlinkMessage {
  const inGroup = attribute(IFLA.GROUP, u32(group));
  return netlinkMessage(`link del group ${group}`, { type: TYPE.DELETE_LINK }, linkPart(0), inGroup);
}

/** ifinfomsg of rtnetlink(7). */
function linkPart(index: number, flags = 0, change = 0): Buffer {
  const part = Buffer.alloc(LINK_BYTES);
  part.writeInt32LE(index, 4);
  part.writeUInt32LE(flags, 8);
  part.writeUInt32LE(change, 12);
  return part;
}
