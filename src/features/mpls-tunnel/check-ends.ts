import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Addresses } from '../ip/index.ts';
import { isBoundToLink, isRoutedStation } from '../tunnel/index.ts';
import type { WantedTunnel } from './tunnel.ts';

/** Refuses ends that a tunnel cannot have. @throws ApiError EINVAL, EADDRNOTAVAIL */
export function checkEnds(
  doing: string,
  { vrf, remote, local, port }: WantedTunnel,
  { addresses }: { readonly addresses: Pick<Addresses, 'ownerOf'> },
): void {
  const received = formatAddress(remote);
  if (!isRoutedStation(remote)) {
    throw new ApiError('EINVAL', {
      doing,
      expected: 'the address of a router that routes lead to',
      received,
    });
  }
  if (port < 1 || port > 65535) {
    throw new ApiError('EINVAL', { doing, expected: 'a dst_port of 1 to 65535', received: String(port) });
  }
  const owner = addresses.ownerOf(vrf, remote);
  if (owner) {
    const expected = 'the address of another router';
    throw new ApiError('EINVAL', {
      doing,
      expected,
      received: `${received}, which is ours on ${owner.name}`,
    });
  }
  if (local) checkLocal(doing, { vrf, remote, local }, addresses);
}

function checkLocal(
  doing: string,
  ends: { readonly vrf: number; readonly remote: IpAddress; readonly local: IpAddress },
  addresses: Pick<Addresses, 'ownerOf'>,
): void {
  const received = formatAddress(ends.local);
  if (ends.local.family !== ends.remote.family) {
    const expected = `a local address of the remote's family, ${ends.remote.family}`;
    throw new ApiError('EINVAL', { doing, expected, received });
  }
  if (isBoundToLink(ends.local) || !addresses.ownerOf(ends.vrf, ends.local)) {
    const expected = "a local address that is one of the VRF's interfaces', and no link-local one";
    throw new ApiError('EADDRNOTAVAIL', { doing, expected, received });
  }
}
