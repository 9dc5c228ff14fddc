import type { Capture } from '../../witness/capture.ts';
import { captureIn } from '../capture.ts';
import type { End, Probe } from './probe.ts';

/** A packet as tshark saw it on a wire. */
export interface WireHop {
  readonly place: 'wire';
  /** Whose wire: a pod's interface, or a link of the underlay. */
  readonly where: string;
  readonly timeSeconds: number;
  readonly length: number;
  /** From the outside to the inside. */
  readonly headers: readonly string[];
}

/** tcpdump on a wire until it is closed. */
export class TracingWire implements AsyncDisposable {
  readonly #where: string;
  readonly #capture: Capture;

  private constructor(where: string, capture: Capture) {
    this.#where = where;
    this.#capture = capture;
  }

  static async start(wire: { readonly where: string; readonly namespace: string; readonly device: string }) {
    return new TracingWire(wire.where, await captureIn(wire.namespace, wire.device));
  }

  /** The probe as it passed so far. */
  async hops(probe: Probe): Promise<readonly WireHop[]> {
    const lines = await this.#capture.dissected(probe.filter, fields);
    return lines.map((line) => {
      const values = line.split('\t').map((value) => value.split(','));
      const of = (field: string) => (values[fields.indexOf(field)] ?? []).filter(Boolean);
      return {
        place: 'wire' as const,
        where: this.#where,
        timeSeconds: Number(of('frame.time_epoch')[0]),
        length: Number(of('frame.len')[0]),
        headers: headersOf(of, probe),
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#capture[Symbol.asyncDispose]();
  }
}

const fields = [
  'frame.time_epoch',
  'frame.len',
  'eth.src',
  'eth.dst',
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.hlim',
  'udp.srcport',
  'udp.dstport',
  'gre.proto',
  'mpls.label',
  'mpls.ttl',
  'vxlan.vni',
  'icmp.type',
  'icmpv6.type',
  'frame.protocols',
];

type FieldsOf = (field: string) => readonly string[];

function headersOf(of: FieldsOf, probe: Probe): readonly string[] {
  const ether = of('eth.src').map((source, index) => `ether ${source} > ${of('eth.dst')[index]}`);
  const packets = [...ipHeaders(of, 'ip'), ...ipHeaders(of, 'ipv6')];
  const inner = packets.find(
    ({ source, destination }) => source === probe.from.address && destination === probe.to.address,
  );
  const outer = packets.filter((packet) => packet !== inner);
  const innerEther = ether.slice(1);
  return [
    ...ether.slice(0, 1),
    ...outer.map(({ text }) => text),
    ...of('udp.dstport').map((port, index) => `udp ${of('udp.srcport')[index]} > ${port}`),
    ...of('gre.proto').map(() => 'gre'),
    ...of('mpls.label').map((label, index) => `mpls label ${label} ttl ${of('mpls.ttl')[index]}`),
    ...of('vxlan.vni').map((vni) => `vxlan vni ${vni}`),
    ...innerEther,
    ...(inner === undefined ? [] : [inner.text]),
    icmpText(of, probe),
  ];
}

function ipHeaders(of: FieldsOf, family: 'ip' | 'ipv6') {
  const [name, ttl] = family === 'ip' ? ['ipv4', of('ip.ttl')] : ['ipv6', of('ipv6.hlim')];
  const word = family === 'ip' ? 'ttl' : 'hop limit';
  return of(`${family}.src`).map((source, index) => {
    const destination = of(`${family}.dst`)[index];
    return { source, destination, text: `${name} ${source} > ${destination} ${word} ${ttl[index]}` };
  });
}

function icmpText(of: FieldsOf, { id }: Probe): string {
  const [name, type] =
    of('icmpv6.type').length > 0 ? ['icmpv6', of('icmpv6.type')[0]] : ['icmp', of('icmp.type')[0]];
  const what = type === '8' || type === '128' ? 'echo request' : 'echo reply';
  return `${name} ${what} id ${id}`;
}

/** The wire at a pod's interface of the kernel. */
export function podWire({ pod, iface }: End) {
  return { where: `${pod.name}, ${iface.name}`, namespace: pod.namespace, device: iface.name };
}
