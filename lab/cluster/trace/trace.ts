import { eventually } from '../../eventually.ts';
import type { Place } from '../place.ts';
import type { LabRecord } from '../record.ts';
import { underlayEnd } from '../underlay.ts';
import { InjectedProbe } from './inject.ts';
import { chooseProbe, type End, isKernel, type Origin, type Probe, ping } from './probe.ts';
import { type RouterHop, TracingRouter } from './router-hop.ts';
import { podWire, TracingWire, type WireHop } from './wire-hop.ts';

/** An end of the way that no kernel sees: an application has the packet in its memory. */
export interface SocketHop {
  readonly place: 'socket';
  readonly where: string;
  readonly socket: string;
  /** Its router was made to take the packet as though the application had sent it. */
  readonly isInjected: boolean;
}

export type Hop = RouterHop | WireHop | SocketHop;

/** The way of one packet from pod to pod. */
export interface PacketWay {
  readonly from: string;
  readonly to: string;
  readonly packet: string;
  readonly hops: readonly Hop[];
  /** Whether the ping that it belongs to was answered or, where it was injected, whether it came back. */
  readonly answered: boolean;
}

/** What to follow: pods as NAMESPACE/NAME or NAMESPACE/NAME:INTERFACE. */
export interface Journey {
  readonly from: string;
  readonly to: string;
  readonly isIp6: boolean;
}

/** Sends one packet from pod to pod and follows it through wires and routers. @throws LabError */
export async function tracePacket(place: Place, record: LabRecord, journey: Journey): Promise<PacketWay> {
  const probe = chooseProbe(record, journey);
  await using witnesses = new AsyncDisposableStack();
  const stations = await Promise.all(
    stationsOf(place, probe).map(async (start) => witnesses.use(await start())),
  );
  if (probe.origin === 'injected') witnesses.use(await inject(place, probe, stations));
  const isAnswered = probe.origin === 'injected' ? undefined : await ping(probe);
  const hops = await eventually(() => allHops(stations, probe), { timeoutMs: 3000, everyMs: 100 }).catch(() =>
    hopsSoFar(stations, probe),
  );
  return {
    from: `${journey.from} ${probe.from.address}`,
    to: `${journey.to} ${probe.to.address}`,
    packet: `${packets[probe.origin]}, id ${probe.id}`,
    hops: [...socketHop(probe.from, probe.origin === 'injected'), ...hops, ...socketHop(probe.to)],
    answered: isAnswered ?? (await cameBack(stations, probe)),
  };
}

const packets: Readonly<Record<Origin, string>> = {
  request: 'an echo request',
  answer: 'the answer to an echo request',
  injected: 'an echo request',
};

/** Has a router take the probe, and waits until it is on its way. */
async function inject(place: Place, probe: Probe, stations: readonly Station[]): Promise<InjectedProbe> {
  const injected = await InjectedProbe.inject(place.node(probe.from.pod.node), probe);
  await eventually(() => assertSeen(stations, probe), { timeoutMs: 2000, everyMs: 5 }).catch(() => undefined);
  await injected.noted();
  return injected;
}

function assertSeen(stations: readonly Station[], probe: Probe): void {
  const routers = stations.filter((station) => station instanceof TracingRouter);
  if (routers.every((router) => router.hops(probe).length === 0))
    throw new Error('expected a router to have seen it');
}

/** Whether the application at the other end has sent the probe back, as the router there saw it. */
async function cameBack(stations: readonly Station[], { from, to, ...rest }: Probe): Promise<boolean> {
  const back = { ...rest, from: to, to: from };
  const look = () => {
    assertSeen(stations, back);
    return true;
  };
  return eventually(look, { timeoutMs: 2000 }).catch(() => false);
}

type Station = TracingRouter | TracingWire;

/** Where it is watched, in the order in which it comes by. */
function stationsOf(place: Place, { from, to }: Probe): readonly (() => Promise<Station>)[] {
  const router = (end: End) => () => TracingRouter.start(place.node(end.pod.node));
  const wire = (end: End) => (isKernel(end) ? [() => TracingWire.start(podWire(end))] : []);
  const link =
    ({ pod }: End) =>
    () =>
      TracingWire.start({
        where: `underlay, link of ${pod.node}`,
        namespace: place.underlay,
        device: underlayEnd(pod.node),
      });
  const between =
    from.pod.node === to.pod.node ? [router(from)] : [router(from), link(from), link(to), router(to)];
  return [...wire(from), ...between, ...wire(to)];
}

/** What every station saw. @throws Error while one has seen nothing */
async function allHops(stations: readonly Station[], probe: Probe): Promise<readonly Hop[]> {
  const seen = await Promise.all(stations.map((station) => station.hops(probe)));
  if (seen.some((hops) => hops.length === 0)) throw new Error('expected the packet at every station');
  return firstOnly(seen.flat());
}

async function hopsSoFar(stations: readonly Station[], probe: Probe): Promise<readonly Hop[]> {
  return firstOnly((await Promise.all(stations.map((station) => station.hops(probe)))).flat());
}

/** An application that sends everything back gets an answer, too: only the packet that was first is followed. */
function firstOnly(hops: readonly Hop[]): readonly Hop[] {
  const isAnswer = (hop: Hop | undefined) => JSON.stringify(hop ?? '').includes('echo reply');
  return hops.filter((hop) => isAnswer(hop) === isAnswer(hops[0]));
}

function socketHop(end: End, isInjected = false): readonly SocketHop[] {
  if (isKernel(end)) return [];
  const { pod, iface } = end;
  return [
    {
      place: 'socket',
      where: `${pod.name}, ${iface.name} (${iface.kind})`,
      socket: iface.socket ?? '',
      isInjected,
    },
  ];
}
