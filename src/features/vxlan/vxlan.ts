import { ApiError } from '../../engine/api-error.ts';
import { addressToBytes, formatAddress, type IpAddress } from '../../net/address.ts';
import { isBroadcast, isLinkLocal, isLoopback, isMulticast, isUnspecified } from '../../net/address-scope.ts';

/** What an interface of type vxlan sends and receives by: a value, replaced when something of it changes. */
export interface Vxlan {
  readonly vni: number;
  /** Our end's address. */
  readonly local: IpAddress;
  /** The underlay: the VRF that the datagrams are routed in. */
  readonly encapVrf: number;
  /** UDP port of both ends. */
  readonly port: number;
}

/** The port that IANA has given to VXLAN (RFC 7348 8). */
export const VXLAN_PORT = 4789;
/** Largest VNI: 24 bits. */
export const MAX_VNI = 0xffffff;

/** What is put round an IP packet in a frame: an Ethernet header, VXLAN, UDP and IP. */
export function overheadOf(local: IpAddress): number {
  return local.family === 'ipv4' ? 50 : 70;
}

/** Checks what may be wrong in itself. @throws ApiError EINVAL */
export function checkVxlan(doing: string, { vni, local, port }: Vxlan): void {
  checkNumber(doing, { what: 'a VNI', value: vni, most: MAX_VNI });
  checkNumber(doing, { what: 'a UDP port', value: port, most: 65535 });
  checkEnd(doing, local);
}

/** Checks a VNI or a port. @throws ApiError EINVAL */
export function checkNumber(
  doing: string,
  { what, value, most }: { readonly what: string; readonly value: number; readonly most: number },
): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new ApiError('EINVAL', { doing, expected: `${what} of 1 to ${most}`, received: String(value) });
}

/** Checks that an address can be a tunnel's end: one station's, to which routes lead. @throws ApiError EINVAL */
export function checkEnd(doing: string, address: IpAddress): void {
  const isNone = isMulticast(address) || isUnspecified(address) || isLoopback(address);
  if (!isNone && !isBroadcast(address) && !isLinkLocal(address)) return;
  throw new ApiError('EINVAL', {
    doing,
    expected: 'the address of one station, to which routes lead',
    received: formatAddress(address),
  });
}

/** Both ends of a tunnel are of one family. @throws ApiError EINVAL */
export function checkFamily(doing: string, local: IpAddress, remote: IpAddress): void {
  if (local.family === remote.family) return;
  throw new ApiError('EINVAL', {
    doing,
    expected: `a far end of the family of ${formatAddress(local)}`,
    received: formatAddress(remote),
  });
}

/** An address as the datapath's tables have it, as two words that lie as its bytes do: IPv4 as ::ffff:a.b.c.d. */
export function endWords(address: IpAddress): { readonly low: bigint; readonly high: bigint } {
  const bytes = new Uint8Array(16);
  if (address.family === 'ipv4') bytes.fill(0xff, 10, 12);
  bytes.set(addressToBytes(address), address.family === 'ipv4' ? 12 : 0);
  const view = new DataView(bytes.buffer);
  return { low: view.getBigUint64(0, true), high: view.getBigUint64(8, true) };
}
