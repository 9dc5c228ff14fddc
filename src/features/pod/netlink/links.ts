import {
  attribute,
  CREATE_NEW,
  DUMP,
  type NetlinkAnswer,
  type NetlinkMessage,
  netlinkMessage,
  readAttributes,
  text,
  textOf,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { macToBytes, parseMac } from '../../../net/mac.ts';

const NEW_LINK = 16;
const DELETE_LINK = 17;
const GET_LINK = 18;
const IFLA = { ADDRESS: 1, NAME: 3, MTU: 4, LINKINFO: 18, NET_NS_FD: 28 };
const INFO = { KIND: 1, DATA: 2 };
const VETH_PEER = 1;
const UP = 1;
const LINK_BYTES = 16;

/** An end of a veth pair that is to be. */
export interface VethEnd {
  readonly name: string;
  readonly mtu: number;
  readonly index?: number;
  readonly mac?: string;
}

/** Makes a veth pair: one end here, the other in the network namespace of a file descriptor. */
export function addVeth(end: VethEnd, peer: VethEnd, netnsFd: number): NetlinkMessage {
  const inPeer = Buffer.concat([
    linkPart({ index: peer.index ?? 0 }),
    ...endAttributes(peer),
    attribute(IFLA.NET_NS_FD, u32(netnsFd)),
  ]);
  return netlinkMessage(
    `link add name ${end.name} type veth peer name ${peer.name}`,
    { type: NEW_LINK, flags: CREATE_NEW },
    linkPart({ index: end.index ?? 0 }),
    ...endAttributes(end),
    attribute(
      IFLA.LINKINFO,
      attribute(INFO.KIND, text('veth')),
      attribute(INFO.DATA, attribute(VETH_PEER, inPeer)),
    ),
  );
}

/** Brings a device up. */
export function bringUp(name: string): NetlinkMessage {
  const part = linkPart({ flags: UP, change: UP });
  return netlinkMessage(
    `link set dev ${name} up`,
    { type: NEW_LINK },
    part,
    attribute(IFLA.NAME, text(name)),
  );
}

/** Gives a device an Ethernet address, which may be the one that it has. */
export function setMac(name: string, mac: string): NetlinkMessage {
  return netlinkMessage(
    `link set dev ${name} address ${mac}`,
    { type: NEW_LINK },
    linkPart({}),
    attribute(IFLA.NAME, text(name)),
    macAttribute(mac),
  );
}

export function deleteLink(name: string): NetlinkMessage {
  const named = attribute(IFLA.NAME, text(name));
  return netlinkMessage(`link del dev ${name}`, { type: DELETE_LINK }, linkPart({}), named);
}

/** Asks for a device; the answer is read by `readLink`. */
export function showLink(name: string): NetlinkMessage {
  const named = attribute(IFLA.NAME, text(name));
  return netlinkMessage(`link show dev ${name}`, { type: GET_LINK }, linkPart({}), named);
}

/** Asks for all devices. */
export function showLinks(): NetlinkMessage {
  return netlinkMessage('link show', { type: GET_LINK, flags: DUMP }, linkPart({}));
}

/** A device as the kernel has it. */
export interface ShownLink {
  readonly index: number;
  readonly name: string;
}

/** Reads the devices in an answer. */
export function readLinks(answers: Iterable<NetlinkAnswer>): readonly ShownLink[] {
  const links = [...answers].filter(({ type }) => type === NEW_LINK);
  return links.map(({ body }) => ({
    index: body.readInt32LE(4),
    name: textOf(readAttributes(body.subarray(LINK_BYTES)).get(IFLA.NAME)),
  }));
}

/** The fixed part of messages about devices: ifinfomsg of rtnetlink(7). */
function linkPart({ index = 0, flags = 0, change = 0 }): Buffer {
  const part = Buffer.alloc(LINK_BYTES);
  part.writeInt32LE(index, 4);
  part.writeUInt32LE(flags, 8);
  part.writeUInt32LE(change, 12);
  return part;
}

function endAttributes({ name, mtu, mac }: VethEnd): readonly Buffer[] {
  return [
    attribute(IFLA.NAME, text(name)),
    attribute(IFLA.MTU, u32(mtu)),
    ...(mac === undefined ? [] : [macAttribute(mac)]),
  ];
}

function macAttribute(mac: string): Buffer {
  return attribute(IFLA.ADDRESS, Buffer.from(macToBytes(parseMac(mac))));
}
