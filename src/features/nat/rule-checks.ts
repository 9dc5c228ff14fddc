import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type Ipv4Address } from '../../net/address.ts';
import { formatPrefix, hasHostBits, type Prefix } from '../../net/prefix.ts';
import type { Interface } from '../interface/index.ts';

/** Refuses interfaces whose packets are not routed: what is bridged has addresses of others. @throws ApiError EINVAL */
export function checkRouted(doing: string, { name, mode, type, outputStage }: Interface): void {
  if (mode === 'VRF' && outputStage !== undefined) return;
  const received = outputStage === undefined ? `${name}, a ${type}` : `${name} in mode ${mode}`;
  throw new ApiError('EINVAL', { doing, expected: 'an interface that is routed and sends frames', received });
}

/** Refuses what no station can have as its address. @throws ApiError EINVAL */
export function checkAddress(doing: string, word: string, address: Ipv4Address): void {
  const first = Number(address.value >> 24n);
  if (first !== 0 && first !== 127 && first < 224) return;
  const received = formatAddress(address);
  throw new ApiError('EINVAL', { doing, expected: `a ${word} that a station can have`, received });
}

/** @throws ApiError EINVAL */
export function checkSubnet(doing: string, subnet: Prefix): void {
  if (subnet.address.family === 'ipv4' && !hasHostBits(subnet)) return;
  const expected = 'a subnet of IPv4 without bits beyond its length, such as 10.0.0.0/8';
  throw new ApiError('EINVAL', { doing, expected, received: formatPrefix(subnet) });
}
