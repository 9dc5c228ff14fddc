import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import type { Label, LabelTarget } from './label.ts';
import type { LabelCounters } from './label-counters.ts';
import type { Labels } from './labels.ts';
import {
  type AddLabelRequest,
  type Label as LabelMessage,
  LabelSchema,
  MplsService,
  type PseudowireAttributes,
} from './mpls_pb.js';
import type { MplsInterfaces } from './mpls-interfaces.ts';
import type { MplsNextHops } from './mpls-next-hops.ts';
import type { Pseudowires, WantedWire } from './pseudowires.ts';

/** What the service shows and changes. */
export interface ServiceParts {
  readonly interfaces: Interfaces;
  readonly neighbors: NeighborFeature;
  readonly labels: Labels;
  readonly counters: LabelCounters;
  readonly mplsNextHops: MplsNextHops;
  readonly mplsInterfaces: MplsInterfaces;
  readonly pseudowires: Pseudowires;
}

/** Labels, next hops that push some, and interfaces that take them, as the API shows them. */
export function mplsService(parts: ServiceParts): ApiService {
  const { interfaces, neighbors, labels, mplsNextHops, mplsInterfaces, pseudowires } = parts;
  const show = (label: Label) => labelMessage(parts, label);
  return apiService(MplsService, {
    addLabel: (request) =>
      interfaces.inTurn(() => ({ label: show(labels.add(request.label, readTarget(parts, request))) })),
    deleteLabel({ label }) {
      labels.remove(label);
      return {};
    },
    async *listLabels({ vrf }) {
      const wanted = vrf === undefined ? undefined : interfaces.vrfNamed('list labels', vrf);
      const found = labels.all.filter(({ target }) => wanted === undefined || isOfVrf(parts, target, wanted));
      for (let at = 0; at < found.length; at += BATCH)
        yield { labels: found.slice(at, at + BATCH).map(show) };
    },
    getLabelConfig: () => ({ config: labels.free.range, used: labels.size }),
    setLabelConfig({ first, last }) {
      labels.free.setRange({ first, last });
      return { config: labels.free.range };
    },
    addMplsNexthop: (request) => ({ nexthop: neighbors.message(mplsNextHops.add(request)) }),
    addPseudowire: ({ name, attributes, pseudowire }) =>
      interfaces.inTurn(() => {
        const wanted = readAttributes(interfaces, `add pseudowire ${name}`, attributes, pseudowire?.mac);
        return { interface: interfaceMessage(interfaces, pseudowires.add(name, wireOf(pseudowire), wanted)) };
      }),
    setPseudowire: ({ name, newName, attributes, pseudowire }) =>
      interfaces.inTurn(async () => {
        const wanted = readAttributes(interfaces, `set pseudowire ${name}`, attributes, pseudowire?.mac);
        const iface = await pseudowires.set(name, wireOf(pseudowire), wanted, newName);
        return { interface: interfaceMessage(interfaces, iface) };
      }),
    enableMpls: ({ iface }) =>
      interfaces.inTurn(() => {
        mplsInterfaces.enable(iface);
        return {};
      }),
    disableMpls: ({ iface }) =>
      interfaces.inTurn(() => {
        mplsInterfaces.disable(iface);
        return {};
      }),
    listMplsInterfaces: () => ({ interfaces: mplsInterfaces.list.map(({ name }) => ({ iface: name })) }),
  });
}

const BATCH = 256;

/** Reads what is to become of packets with a label. @throws ApiError EINVAL, ENODEV, ENOENT */
function readTarget(
  { interfaces, neighbors }: ServiceParts,
  { label, target }: AddLabelRequest,
): LabelTarget {
  const doing = `add label${label === undefined ? '' : ` ${label}`}`;
  const nextHop = (id: number) => neighbors.nextHops.withId(doing, id).index;
  switch (target.case) {
    case 'vrf':
      return { type: 'vrf', vrf: interfaces.vrfNamed(doing, target.value.vrf) };
    case 'nexthop':
      return { type: 'nexthop', nextHop: nextHop(target.value.nexthop) };
    case 'swap':
      return { type: 'swap', labels: target.value.labels, nextHop: nextHop(target.value.nexthop) };
    case 'iface':
      return {
        type: 'iface',
        iface: receiver(interfaces, doing, target.value.iface),
        controlWord: target.value.controlWord,
      };
    default:
      throw new ApiError('EINVAL', { doing, expected: 'vrf, nexthop, swap or iface', received: 'none' });
  }
}

function wireOf({ nexthop, controlWord }: Partial<PseudowireAttributes> = {}): WantedWire {
  return {
    ...(nexthop === undefined ? {} : { nextHop: nexthop }),
    ...(controlWord === undefined ? {} : { controlWord }),
  };
}

/** An interface that can receive a frame. @throws ApiError ENODEV, EINVAL */
function receiver(interfaces: Interfaces, doing: string, name: string): number {
  const { id, type } = interfaces.named(doing, name);
  if (type !== 'vrf') return id;
  throw new ApiError('EINVAL', {
    doing,
    expected: 'an interface that receives frames',
    received: `${name}, a vrf`,
  });
}

function labelMessage(parts: ServiceParts, { label, target }: Label): LabelMessage {
  const count = parts.counters.of(label);
  return create(LabelSchema, {
    label,
    ...(count && { rxPackets: count.packets, rxBytes: count.bytes }),
    target: targetMessage(parts, target),
  });
}

function targetMessage(
  { interfaces, neighbors }: ServiceParts,
  target: LabelTarget,
): NonNullable<MessageInitShape<typeof LabelSchema>['target']> {
  const idOf = (index: number) => neighbors.nextHops.find(index)?.id ?? 0;
  switch (target.type) {
    case 'vrf':
      return { case: 'vrf', value: { vrf: interfaces.vrfName(target.vrf) } };
    case 'nexthop':
      return { case: 'nexthop', value: { nexthop: idOf(target.nextHop) } };
    case 'swap':
      return { case: 'swap', value: { labels: [...target.labels], nexthop: idOf(target.nextHop) } };
    case 'iface': {
      const iface = interfaces.find(target.iface)?.name ?? '';
      return { case: 'iface', value: { iface, controlWord: target.controlWord } };
    }
  }
}

/** Tells whether a label leads into a VRF, or to a next hop or interface that belongs to it. */
function isOfVrf({ interfaces, neighbors }: ServiceParts, target: LabelTarget, vrf: number): boolean {
  if (target.type === 'vrf') return target.vrf === vrf;
  if (target.type === 'iface') return interfaces.find(target.iface)?.vrf === vrf;
  return neighbors.nextHops.find(target.nextHop)?.vrf === vrf;
}
