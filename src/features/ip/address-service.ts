import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatPrefix, parsePrefix } from '../../net/prefix.ts';
import type { Interfaces } from '../interface/index.ts';
import { type Addresses, byAddress } from './addresses.ts';
import { AddressService } from './ip_pb.js';

/** Addresses as the API shows and changes them. */
export function addressService(interfaces: Interfaces, addresses: Addresses): ApiService {
  return apiService(AddressService, {
    addAddress({ iface, address }) {
      const doing = `add address ${address}`;
      const owner = interfaces.named(doing, iface);
      if (owner.outputStage === undefined) {
        throw new ApiError('EINVAL', {
          doing,
          expected: 'an interface that sends frames',
          received: `${iface}, a ${owner.type}`,
        });
      }
      addresses.add(owner, parsePrefix(address));
      return {};
    },
    deleteAddress({ iface, address }) {
      addresses.remove(interfaces.named(`delete address ${address}`, iface), parsePrefix(address));
      return {};
    },
    flushAddresses({ iface, family }) {
      const owner = interfaces.named('flush addresses', iface);
      const wanted = addresses.of(owner.id).filter(({ address }) => isFamily(family, address.family));
      for (const prefix of wanted) addresses.remove(owner, prefix);
      return { count: wanted.length };
    },
    listAddresses({ family, iface }) {
      const id = iface === undefined ? undefined : interfaces.named('show addresses', iface).id;
      const found = addresses.list(id).filter(({ prefix }) => isFamily(family, prefix.address.family));
      return {
        addresses: found.toSorted(byAddress).map((each) => ({
          iface: interfaces.find(each.iface)?.name ?? '',
          family: each.prefix.address.family,
          address: formatPrefix(each.prefix),
        })),
      };
    },
  });
}

/** Tells whether a family is the wanted one. @throws ApiError EINVAL for a word that is no family */
export function isFamily(wanted: string | undefined, family: string): boolean {
  if (wanted === undefined) return true;
  if (wanted === 'ipv4' || wanted === 'ipv6') return wanted === family;
  throw new ApiError('EINVAL', {
    doing: 'read a family',
    expected: 'ipv4 or ipv6',
    received: JSON.stringify(wanted),
  });
}
