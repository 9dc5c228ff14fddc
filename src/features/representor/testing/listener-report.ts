import { addressToBytes, parseAddress } from '../../../net/address.ts';
import { icmpv6Message, ipv6Options, ipv6Packet, joinBytes } from '../../../net/frame/build.ts';

/** A listener report of version 2 (RFC 3810 5.2), as Linux sends it when groups are joined. */
export function listenerReport(groups: readonly string[], source = 'fe80::1'): Uint8Array {
  const ends = { source, destination: 'ff02::16' };
  const records = groups.map((group) =>
    joinBytes(Uint8Array.of(4, 0, 0, 0), addressToBytes(parseAddress(group))),
  );
  const message = icmpv6Message({ type: 143, rest: groups.length }, joinBytes(...records), ends);
  const routerAlert = ipv6Options(58, Uint8Array.of(5, 2, 0, 0));
  return ipv6Packet({ ...ends, nextHeader: 0, hopLimit: 1 }, joinBytes(routerAlert, message));
}
