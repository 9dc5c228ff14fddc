import { digest, firstDifference } from '../check/bytes.ts';
import { Arrivals, type Came } from '../check/came.ts';
import { fragmentHeader } from '../check/check-ip6.ts';
import { isCopy } from '../check/copies.ts';
import { emerged } from '../check/emerged.ts';
import { type Frame, invalid, isUnfinished } from '../check/frame.ts';
import type { Layer } from '../check/layers.ts';
import { checkTranslated, translatedIn } from '../check/translated.ts';
import { tunnelsAt } from '../check/tunnel.ts';
import { Finding } from '../finding.ts';
import type { Input } from '../input.ts';
import type { World } from '../world.ts';
import { MBUF_BYTES } from './records.ts';
import type { Judge, Way } from './way.ts';

/** Bits of the upper half of olFlags that ask a port for a TCP or UDP checksum. */
const TX_L4 = 3 << 20;
/** All other wishes, but for the family of what is in it: bits 41 to 60 of olFlags. */
const TX_OTHERS = 0x1ffffe00 & ~TX_L4 & ~(3 << 23);
const LONGEST_PACKET = 65536 + MBUF_BYTES;

/** A packet that waits for its neighbour, and what it waits for. */
export interface Held {
  readonly packet: number;
  readonly nextHop: number;
  readonly etherType: number;
  readonly iface: number;
  readonly vrf: number;
}

/** Looks at all that leaves the datapath, and keeps what is to wait for its neighbour. */
export class OutputJudge implements Judge {
  /** What waits, of the way that runs. */
  held: Held[] = [];
  /** Whether packets that wait are kept, or given up at once. */
  holds = true;
  /** Fragments that the way that runs has made, while they are collected. */
  fragments: Uint8Array[] | undefined;
  /** What left, in words, while that is asked for. */
  log: string[] | undefined;
  #came = new Arrivals([]);
  /** Frames of this burst that are right. */
  readonly #known = new Set<number>();
  readonly #world: World;
  readonly #holdStage: number;
  readonly #deliverStages: readonly number[];
  /** Stages that tell of strangers once in a second, and of how many depends on what was told before. */
  readonly #newsStages: readonly number[];
  readonly #scratch = new DataView(new ArrayBuffer(LONGEST_PACKET));

  constructor(world: World) {
    this.#world = world;
    const { bench } = world.topology;
    this.#holdStage = bench.node('neighbor-hold');
    this.#newsStages = ['bridge-input', 'bridge-suppress', 'vxlan-input'].flatMap(
      (name) => bench.datapath.info.graph.nodes.find((node) => node.name === name)?.id ?? [],
    );
    this.#deliverStages = [bench.node('host-deliver'), bench.node('host-frame')];
  }

  /** Begins a way: with the sessions that there are before a burst. */
  begin(): void {
    this.#world.sessions.restart(this.#world.nat.before);
  }

  /** Ends it, for now: what has begun is looked at, also where nothing has left. */
  end(): void {
    this.#lookAtSessions();
  }

  /** What the ways are given now. */
  expect(inputs: readonly Input[]): void {
    this.#came = new Arrivals(
      inputs.map((input) => translatedIn(input, this.#world)),
      this.#world,
    );
    this.#known.clear();
  }

  sent(way: Way, port: number, packet: number): number {
    const frame = this.#frameOf(way, port, packet);
    const whole = digestOf(frame);
    const key = keyOf(frame, whole ^ Math.imul(way.inputOf[packet] ?? -1, 0x9e3779b1));
    if (this.#isKnown(key)) return whole;
    this.#look(frame);
    const sum = digestOf(frame);
    if (sum === whole) this.#known.add(key);
    return sum;
  }

  /** Whether the same frame has left because of the same input, and was looked at: the other way sends nearly all of them again. */
  #isKnown(key: number): boolean {
    return this.#known.has(key) && this.fragments === undefined && this.log === undefined;
  }

  /** Checks a frame, and clears in it what each way counts on its own. */
  #look(frame: Frame): void {
    const { view, at, length, port } = frame;
    this.#lookAtSessions();
    checkTranslated(frame, this.#world);
    if (!frame.input) this.#noteFragment(frame);
    this.#hideNumbers(frame);
    this.log?.push(`port ${port}${frame.asked ? ' asked' : ''}: ${hexOf(view, at, length)}`);
  }

  #lookAtSessions(): void {
    const { nat, sessions } = this.#world;
    for (const session of nat.begunAfter(sessions.count)) sessions.begin(session, this.#came, this.#world);
  }

  punted(way: Way, event: { stage: number; iface: number; vrf: number; at: number; packet: number }): number {
    const { stage, iface, vrf, at, packet } = event;
    const seed = Math.imul(stage + 1, 0x01000193) ^ (iface << 16) ^ vrf;
    if (this.#newsStages.includes(stage)) return 0;
    if (packet < 0) return digest(way.view, at + 16, 48, seed);
    const { view, at: start, length } = this.#gather(way, packet);
    this.log?.push(`event ${stage} of interface ${iface}: ${hexOf(view, start, length)}`);
    if ((way.inputOf[packet] ?? -1) < 0) hideIdentification(view, start, length);
    const sum = this.#digestWaiting(view, start, length, seed);
    if (stage === this.#holdStage && this.holds) {
      const [nextHop, etherType] = [way.view.getUint32(at + 16, true), way.view.getUint16(at + 20, true)];
      this.held.push({ packet, nextHop, etherType, iface, vrf });
      return sum ^ nextHop;
    }
    if (this.#deliverStages.includes(stage)) this.#checkDelivered(way, { packet, view, at: start, length });
    way.giveBack(packet);
    return sum;
  }

  #frameOf(way: Way, port: number, packet: number): Frame {
    const { buffers } = way;
    const whole = this.#gather(way, packet);
    const flags = buffers.flagsHigh(packet);
    if (flags & TX_OTHERS)
      invalid(`a port is asked for 0x${flags.toString(16)}, which it cannot know how to do`);
    const offload = buffers.txOffload(packet);
    const input = way.inputOf[packet] ?? -1;
    return {
      ...whole,
      port,
      firstSegment: buffers.dataLength(packet),
      asked: (flags & TX_L4) !== 0,
      l2Bytes: offload & 0x7f,
      l3Bytes: (offload >> 7) & 0x1ff,
      input: input < 0 ? undefined : this.#came.inputs[input],
      burst: this.#came,
      numbered: [],
    };
  }

  /** A packet's bytes in one piece, its chain looked at. */
  #gather({ buffers }: Way, packet: number): { view: DataView; at: number; length: number } {
    const length = buffers.packetLength(packet);
    const segments = buffers.segments(packet);
    if (segments === 1 && buffers.next(packet) < 0) {
      if (buffers.dataLength(packet) !== length) throw chainBroken("its length is not its segment's");
      return { view: buffers.view, at: buffers.dataAt(packet), length };
    }
    let copied = 0;
    let left = segments;
    const scratch = new Uint8Array(this.#scratch.buffer);
    for (let index = packet; index >= 0; index = buffers.next(index)) {
      const [at, part] = [buffers.dataAt(index), buffers.dataLength(index)];
      if (--left < 0 || copied + part > length)
        throw chainBroken('it has more segments or bytes than it says');
      scratch.set(buffers.bytes.subarray(at, at + part), copied);
      copied += part;
    }
    if (left !== 0 || copied !== length) throw chainBroken('it has fewer segments or bytes than it says');
    return { view: this.#scratch, at: 0, length };
  }

  /** What goes to the host is what came, but for a checksum that was finished. */
  #checkDelivered(way: Way, whole: { packet: number; view: DataView; at: number; length: number }): void {
    const input = this.#came.inputs[way.inputOf[whole.packet] ?? -1];
    if (!input) return;
    const { view, at, length } = whole;
    const isIn = (form: Came) => (layer: Layer, i: number, layers: readonly Layer[]) =>
      [form, ...emerged(form, layers, i)].some(
        ({ bytes }) => firstDifference(view, at, bytes, layer.at, length) < 0,
      );
    const isOf = (form: Came) => form.readings.some((layers) => layers.some(isIn(form)));
    if (isUnfinished(input) || input.forms.some(isOf)) return;
    if (length >= 14 && isCopy({ view, at, length, input, burst: this.#came }, at, this.#world)) return;
    invalid('a packet for the host has changed');
  }

  /** The digest of an IP packet: a tunnel's number, or that in an error about its packet, is left out, and left alone. */
  #digestWaiting(view: DataView, at: number, length: number, seed: number): number {
    const isIp4 = (ip: number) => ip + 20 <= at + length && view.getUint8(ip) >> 4 === 4;
    const numbered = isIp4(at) ? [at, at + QUOTED].filter(isIp4) : [];
    const ours = numbered.filter((ip) => tunnelsAt({ view }, ip, this.#world.tunnels).length > 0);
    if (ours.length === 0) return digest(view, at, length, seed);
    const copy = new DataView(copyOf(view, at, length).buffer);
    for (const ip of ours) hideNumber(copy, ip - at);
    return digest(copy, 0, length, seed);
  }

  /** Clears the numbers that the router gave to packets: each way counts on its own. */
  #hideNumbers({ view, at, length, numbered }: Frame): void {
    for (const ip of numbered) {
      if (view.getUint8(ip) >> 4 === 4) hideNumber(view, ip);
      else hideIdentification(view, ip, at + length - ip);
    }
  }

  /** Keeps a fragment that is collected. */
  #noteFragment(frame: Frame): void {
    const { view, at, length } = frame;
    if (!isFragment(frame) || isCopy(frame, at, this.#world)) return; // what a bridge passes on was cut by others
    this.fragments?.push(copyOf(view, at, length));
    if (view.getUint16(at + 12) === 0x86dd) hideIdentification(view, at + 14, length - 14);
  }
}

/** A frame of which so much is the same is the same: 32 bits alone are alike by chance once in some millions of bursts. */
function keyOf({ length, firstSegment }: Frame, digest: number): number {
  return ((digest ^ firstSegment) >>> 0) + length * 2 ** 32;
}

/** A number that differs where frames do, by their bytes, port and wishes. */
function digestOf({ view, at, length, port, asked, l2Bytes, l3Bytes }: Frame): number {
  const wishes = asked ? (l2Bytes << 8) | l3Bytes | 0x10000 : 0;
  return digest(view, at, length, port + 1 + (wishes << 5));
}

/** Where the packet that an ICMP error is about begins, behind an IPv4 header without options (RFC 792). */
const QUOTED = 28;

/** Whether a frame without tags has a part of an IP packet in it. */
function isFragment({ view, at, length }: Frame): boolean {
  const type = view.getUint16(at + 12);
  if (type === 0x0800) return (view.getUint16(at + 20) & 0x3fff) !== 0;
  return type === 0x86dd && fragmentHeader(view, at + 14, length - 14) > 0;
}

/** Clears the number of an outer IPv4 header that was made here, and its checksum. */
function hideNumber(view: DataView, ip: number): void {
  view.setUint16(ip + 4, 0);
  view.setUint16(ip + 10, 0);
}

/** Clears the number of an IPv6 fragment that was made here: each way counts on its own. */
function hideIdentification(view: DataView, ip: number, length: number): void {
  if (length < 48 || view.getUint8(ip) >> 4 !== 6) return;
  const fragment = fragmentHeader(view, ip, length);
  if (fragment > 0) view.setUint32(ip + fragment + 4, 0);
}

function chainBroken(message: string): Finding {
  return new Finding('every buffer once', `a packet's chain is broken: ${message}`);
}

function copyOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
}

function hexOf(view: DataView, at: number, length: number): string {
  return Buffer.from(copyOf(view, at, length)).toString('hex');
}
