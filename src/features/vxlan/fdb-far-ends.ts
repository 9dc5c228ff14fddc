import { formatAddress, parseAddress } from '../../net/address.ts';
import type { Fdb, FdbEntry } from '../bridge/index.ts';
import type { Vxlans } from './vxlans.ts';

/** Lets the FDB know the far ends of tunnels, and where the stations of those are that are routed: who is named stays. */
export function shareFarEnds(fdb: Fdb, vxlans: Vxlans): void {
  const { farEnds } = vxlans;
  fdb.defineFarEnds('vxlan', {
    text: (_, far) => {
      const farEnd = farEnds.find(far);
      return farEnd ? formatAddress(farEnd.address) : '';
    },
    parse: (doing, iface, text) => {
      const address = parseAddress(text);
      vxlans.checks.farEndOf(doing, iface, address);
      return farEnds.named(doing, address).name;
    },
    stations: vxlans.stations,
  });
  const count = (entry: FdbEntry | undefined, change: 'use' | 'release') => {
    if (entry && entry.far !== 0 && vxlans.tunnels.has(entry.iface)) farEnds[change](entry.far);
  };
  fdb.listen({
    added(entry, before) {
      count(entry, 'use');
      count(before, 'release');
    },
    removed: (entry) => count(entry, 'release'),
  });
}
