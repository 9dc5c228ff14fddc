import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatMac, parseMac } from '../../net/mac.ts';
import type { InterfaceCounting } from './counters.ts';
import { flagWords, type Interface, type InterfaceAttributes } from './interface.ts';
import type {
  InterfaceAttributes as AttributesMessage,
  Interface as InterfaceMessage,
} from './interface_pb.js';
import { InterfaceSchema, InterfaceService } from './interface_pb.js';
import type { Interfaces } from './interfaces.ts';
import type { RateMeter } from './rates.ts';

/** Interfaces as the API shows them. */
export function interfaceService(
  interfaces: Interfaces,
  counting: InterfaceCounting,
  rates: RateMeter,
): ApiService {
  const show = (iface: Interface) => interfaceMessage(interfaces, iface);
  const named = (name: string | undefined) =>
    name === undefined ? interfaces.list : [interfaces.named('show counters', name)];
  return apiService(InterfaceService, {
    getInterface: ({ name }) => ({ interface: show(interfaces.named('show an interface', name)) }),
    listInterfaces: ({ type }) => ({ interfaces: ofType(interfaces, type).map(show) }),
    async *streamInterfaces({ type }) {
      const all = ofType(interfaces, type);
      for (let at = 0; at < all.length; at += BATCH)
        yield { interfaces: all.slice(at, at + BATCH).map(show) };
    },
    setInterface: ({ name, newName, attributes }) =>
      interfaces.inTurn(async () => {
        const wanted = readAttributes(interfaces, `set interface ${name}`, attributes);
        return { interface: show(await interfaces.set(name, wanted, newName)) };
      }),
    async deleteInterface({ name }) {
      await interfaces.inTurn(() => interfaces.remove(name));
      return {};
    },
    getInterfaceStats: ({ name }) => ({ stats: named(name).map((iface) => statsMessage(iface, counting)) }),
    getInterfaceRates: ({ name }) => ({
      rates: named(name).map((iface) => ({ interface: iface.name, ...rates.of(iface.id) })),
      intervalMs: Math.round(rates.intervalMs),
    }),
  });
}

/** An interface as the API's common message. */
export function interfaceMessage(interfaces: Interfaces, iface: Interface): InterfaceMessage {
  const bound = iface.mode === 'VRF' ? { vrf: interfaces.vrfName(iface.vrf) } : {};
  const domain = interfaces.find(iface.domain);
  const { info, fields } = interfaces.details(iface);
  const message: MessageInitShape<typeof InterfaceSchema> = {
    name: iface.name,
    description: iface.description,
    type: iface.type,
    id: iface.id,
    flags: flagWords(iface),
    mode: iface.mode,
    mtu: iface.mtu,
    speed: iface.speedMbps,
    mac: formatMac(iface.mac),
    info: [...info],
    details: fields,
    ...bound,
    ...(domain ? { domain: domain.name } : {}),
  };
  return create(InterfaceSchema, message);
}

/** Reads the attributes that a request has, and a MAC address beside them. @throws ApiError EINVAL, ENODEV, ENOTSUP */
export function readAttributes(
  interfaces: Interfaces,
  doing: string,
  message: AttributesMessage | undefined,
  mac?: string,
): InterfaceAttributes {
  const { up, promisc, neighSnoop: snooping, access, mtu, description, vrf, domain } = message ?? {};
  if (vrf !== undefined && domain !== undefined) {
    const received = `vrf ${vrf} and domain ${domain}`;
    throw new ApiError('EINVAL', { doing, expected: 'a vrf or a domain', received });
  }
  return {
    ...present({ up, promisc, snooping, access, mtu, description }),
    ...(vrf === undefined ? {} : { vrf: interfaces.vrfNamed(doing, vrf), domain: 0 }),
    ...(domain === undefined ? {} : { domain: interfaces.named(doing, domain).id }),
    ...(mac === undefined ? {} : { mac: parseMac(mac) }),
  };
}

const BATCH = 256;

function ofType(interfaces: Interfaces, type: string | undefined): readonly Interface[] {
  return interfaces.list.filter((iface) => type === undefined || iface.type === type);
}

function statsMessage(iface: Interface, counting: InterfaceCounting) {
  const host = counting.controlPlane(iface.id);
  return {
    interface: iface.name,
    ...counting.of(iface),
    cpRxPackets: host.rxPackets,
    cpRxBytes: host.rxBytes,
    cpTxPackets: host.txPackets,
    cpTxBytes: host.txBytes,
  };
}

/** The fields that are there, without those that are undefined. */
function present<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
