import { type AttachmentRecord, hostEnd } from '../pod/index.ts';
import type { Configuration } from './configuration.ts';
import { isAtLeast } from './versions.ts';

/** The result of an ADD, in the version that the configuration asks for. */
export function resultOf(
  record: AttachmentRecord,
  { cniVersion = '1.1.0', dns }: Configuration,
  socketPath?: string,
): object {
  const is11 = isAtLeast(cniVersion, '1.1.0');
  const inside = { name: record.interface, mac: record.mac, sandbox: record.netns };
  const interfaces = [
    ...(record.kind === 'veth' ? [{ name: hostEnd(record) }] : []),
    { ...inside, ...(is11 ? { mtu: record.mtu, ...(socketPath ? { socketPath } : {}) } : {}) },
  ];
  return {
    cniVersion,
    interfaces,
    ips: record.addresses.map(({ address, length, gateway }) => ({
      ...(isAtLeast(cniVersion, '1.0.0') ? {} : { version: address.includes(':') ? '6' : '4' }),
      address: `${address}/${length}`,
      gateway,
      interface: interfaces.length - 1,
    })),
    routes: record.isDefault
      ? record.addresses.map(({ gateway }) => ({
          dst: gateway.includes(':') ? '::/0' : '0.0.0.0/0',
          gw: gateway,
        }))
      : [],
    dns: dns ?? {},
  };
}
