import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Addresses } from '../ip/index.ts';
import { isRoutedStation } from '../tunnel/index.ts';

/** What an interface of type ipip sends and receives by: a value, replaced when something of it changes. */
export interface Ipip {
  /** Our end's address. */
  readonly local: IpAddress;
  /** The far end's address, of the same family. */
  readonly remote: IpAddress;
  /** The underlay: the VRF that the outer packets are routed in. */
  readonly encapVrf: number;
}

/** What is put round a packet. */
export function overheadOf({ family }: IpAddress): number {
  return family === 'ipv4' ? 20 : 40;
}

/** What a tunnel is found by. */
export function keyOf({ local, remote, encapVrf }: Ipip): string {
  return `${encapVrf} ${formatAddress(local)} ${formatAddress(remote)}`;
}

/** Refuses ends that a tunnel cannot have; `own` is the tunnel's own interface. @throws ApiError EINVAL, EADDRNOTAVAIL */
export function checkEnds(
  doing: string,
  { local, remote, encapVrf }: Ipip,
  { addresses, own }: { readonly addresses: Pick<Addresses, 'ownerOf'>; readonly own: number | undefined },
): void {
  for (const end of [local, remote]) checkStation(doing, end);
  if (local.family !== remote.family) {
    const expected = `a remote address of the family of ${formatAddress(local)}`;
    throw new ApiError('EINVAL', { doing, expected, received: formatAddress(remote) });
  }
  const owner = addresses.ownerOf(encapVrf, local);
  if (!owner) {
    const expected = 'a local address that is ours, in the VRF of the underlay';
    throw new ApiError('EADDRNOTAVAIL', { doing, expected, received: formatAddress(local) });
  }
  if (owner.id === own) {
    const received = `${formatAddress(local)}, its own`;
    throw new ApiError('EINVAL', { doing, expected: 'an address of another interface', received });
  }
  const remoteOwner = addresses.ownerOf(encapVrf, remote);
  if (!remoteOwner) return;
  const received = `${formatAddress(remote)}, which is ours on ${remoteOwner.name}`;
  throw new ApiError('EINVAL', { doing, expected: 'the address of another router', received });
}

function checkStation(doing: string, address: IpAddress): void {
  if (isRoutedStation(address)) return;
  const expected = 'the address of one station, to which routes lead';
  throw new ApiError('EINVAL', { doing, expected, received: formatAddress(address) });
}
