import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type Ipv4Address, sameAddress } from '../../net/address.ts';
import { formatPrefix, hasHostBits, type Prefix, samePrefix } from '../../net/prefix.ts';
import type { Interface } from '../interface/index.ts';
import { MAX_SOURCE_RULES, MAX_STATIC_RULES } from './layout.ts';
import { type Dnat44, dnatText, type Snat44, snatText } from './rules.ts';

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

/** Refuses a rule for which there is no room, or that says otherwise of an address than another one. @throws ApiError ENOSPC, EEXIST */
export function checkNewDnat(doing: string, rules: readonly Dnat44[], rule: Dnat44): void {
  if (rules.length >= MAX_STATIC_RULES)
    throw new ApiError('ENOSPC', {
      doing,
      expected: `at most ${MAX_STATIC_RULES} rules`,
      received: 'one more',
    });
  const other = rules.find(
    ({ iface, destination, replace }) =>
      iface === rule.iface &&
      (sameAddress(destination, rule.destination) || sameAddress(replace, rule.replace)),
  );
  if (!other) return;
  const expected = 'a destination and a replace without a rule on that interface';
  throw new ApiError('EEXIST', { doing, expected, received: `those of ${dnatText(other)}` });
}

/** The same of a rule for a subnet. @throws ApiError ENOSPC, EEXIST */
export function checkNewSnat(doing: string, rules: readonly Snat44[], rule: Snat44): void {
  const ofInterface = rules.filter(({ iface }) => iface === rule.iface);
  if (ofInterface.length >= MAX_SOURCE_RULES) {
    const expected = `at most ${MAX_SOURCE_RULES} rules on an interface`;
    throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
  }
  const other = ofInterface.find(({ subnet }) => samePrefix(subnet, rule.subnet));
  if (!other) return;
  const expected = 'a subnet without a rule on that interface';
  throw new ApiError('EEXIST', { doing, expected, received: `that of ${snatText(other)}` });
}
