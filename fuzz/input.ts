/** Longest packet: a jumbo frame. */
export const INPUT_BYTES = 9216;

/** Where packets come from: a port, or the host's side by way of the control thread. */
export const entries = ['wire', 'tun-input', 'tap-input', 'ip4-send', 'ip6-send'] as const;
export type Entry = (typeof entries)[number];

/** What a driver says of a packet's checksums (rte_mbuf ol_flags). */
export const offloads = [
  'nothing',
  'checked',
  'unfinished',
  'tx-udp',
  'tx-tcp',
  'tx-tcp-segments',
  'tx-others',
] as const;
export type Offload = (typeof offloads)[number];

/** One packet, and how it lies in buffers. Its bytes have room for INPUT_BYTES; `length` of them count. */
export interface Input {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  length: number;
  entry: Entry;
  /** The port it comes by; from the host, the interface or VRF that its program speaks for. */
  port: number;
  offload: Offload;
  /** Whether the driver takes the first VLAN tag off and tells of it; and the hash of its flow that it tells of. */
  stripped?: true | undefined;
  hash?: number | undefined;
  /** Bytes in the first segment and in each of the others; zero puts all into one. */
  firstSegment: number;
  otherSegments: number;
  /** Room in front of the first segment's bytes, and behind each segment's. */
  headroom: number;
  tailroom: number;
}

/** Where the IP header lies in an input: behind an Ethernet header where it comes with one. */
export function ipOffsetOf({ entry }: Pick<Input, 'entry'>): number {
  return entry === 'wire' || entry === 'tap-input' ? 14 : 0;
}

export const bridgeFaults = ['down', 'no-flood'] as const;
export type BridgeFault = (typeof bridgeFaults)[number];

/** How the router is set while a burst passes. */
export interface Setting {
  /** How the slow way runs: measured only, or traced and captured too. */
  readonly slow: 'measured' | 'traced';
  /** Most packets that a stage takes at once on the slow way; zero for all. */
  readonly vector: number;
  /** The byte that lies around packets on the fast way; on the slow way it is another one. */
  readonly poison: number;
  /** Whether there is a host that takes what no stage does. */
  readonly host: boolean;
  /** Whether the bridge answers ARP and ND for the stations that it knows. */
  readonly suppress?: true | undefined;
  /** What the bridge does not do, if anything: pass on at all, or flood what is for nobody that it knows. */
  readonly bridge?: BridgeFault | undefined;
  /** Whether packets come one after another, so that each meets what those before have begun; else all come at once. */
  readonly turns?: true | undefined;
  /** Sessions of NAT that may begin; undefined for as many as are due. */
  readonly sessions?: number | undefined;
  /** Bytes that rate limits let pass which hold them; undefined for all. */
  readonly rate?: number | undefined;
  /** ICMP errors that may be sent; undefined for as many as are due. */
  readonly errors?: number | undefined;
  /** Fresh buffers that the datapath gets, events that it can put, frames that each port takes; undefined for all. */
  readonly buffers?: number | undefined;
  readonly events?: number | undefined;
  readonly transmit?: number | undefined;
}

/** What the datapath is given at once. */
export interface Burst {
  readonly setting: Setting;
  readonly inputs: readonly Input[];
}

/** Whether sessions may begin: where packets come at once, what others meet would depend on their order. */
export function mayBeginSessions({ setting, inputs }: Burst): boolean {
  return setting.turns === true || inputs.length === 1;
}

/** A packet's place, to be filled again and again. */
export function blankInput(): Input {
  const bytes = new Uint8Array(INPUT_BYTES);
  return {
    bytes,
    view: new DataView(bytes.buffer),
    length: 0,
    entry: 'wire',
    port: 0,
    offload: 'nothing',
    firstSegment: 0,
    otherSegments: 0,
    headroom: 128,
    tailroom: 1024,
  };
}

/** Fills a packet's place with a copy of another. */
export function copyInput(to: Input, from: Input): void {
  copyBytes(to.bytes, from.bytes, from.length);
  to.length = from.length;
  to.entry = from.entry;
  to.port = from.port;
  to.offload = from.offload;
  to.stripped = from.stripped;
  to.hash = from.hash;
  to.firstSegment = from.firstSegment;
  to.otherSegments = from.otherSegments;
  to.headroom = from.headroom;
  to.tailroom = from.tailroom;
}

/** A copy that takes no more memory than it needs and is not written again. */
export function keepInput(input: Input): Input {
  const bytes = input.bytes.slice(0, input.length);
  return { ...input, bytes, view: new DataView(bytes.buffer) };
}

/** Copies bytes to the start of an array; a loop is faster than a call for most packets. */
function copyBytes(to: Uint8Array, from: Uint8Array, length: number): void {
  if (length > 96) to.set(length === from.length ? from : from.subarray(0, length));
  else for (let i = 0; i < length; i++) to[i] = from[i] ?? 0;
}
