import { type AttachmentRecord, hostEnd } from '../pod/index.ts';
import type { Configuration } from './configuration.ts';
import { isAtLeast } from './versions.ts';

type SocketPath = (record: AttachmentRecord) => string | undefined;

/** The result of an ADD with all that it has attached, in the version that the configuration asks for. */
export function resultOf(
  records: readonly AttachmentRecord[],
  { cniVersion = '1.1.0', dns }: Configuration,
  socketPath: SocketPath,
): object {
  const is11 = isAtLeast(cniVersion, '1.1.0');
  const hostEnds = records.filter(({ kind }) => kind === 'veth').map((record) => ({ name: hostEnd(record) }));
  const inside = records.map((record) => ({
    name: record.interface,
    mac: record.mac,
    sandbox: record.netns,
    ...(is11 ? { mtu: record.mtu, socketPath: socketPath(record) } : {}),
  }));
  const isUntyped = isAtLeast(cniVersion, '1.0.0');
  return {
    cniVersion,
    interfaces: [...hostEnds, ...inside],
    ips: records.flatMap((record, index) =>
      record.addresses.map(({ address, length, gateway }) => ({
        ...(isUntyped ? {} : { version: address.includes(':') ? '6' : '4' }),
        address: `${address}/${length}`,
        gateway,
        interface: hostEnds.length + index,
      })),
    ),
    routes: records.filter(({ isDefault }) => isDefault).flatMap(defaultRoutes),
    dns: dns ?? {},
  };
}

function defaultRoutes({ addresses }: AttachmentRecord) {
  return addresses.map(({ gateway }) => ({ dst: gateway.includes(':') ? '::/0' : '0.0.0.0/0', gw: gateway }));
}
