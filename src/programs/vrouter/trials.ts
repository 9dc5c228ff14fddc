import type { Trial } from '../../engine/host/trial.ts';
import { bondTrial } from '../../features/bond/vrouter-trial.ts';
import { bridgeTrial } from '../../features/bridge/vrouter-trial.ts';
import { crossConnectTrial } from '../../features/cross-connect/vrouter-trial.ts';
import { dhcpTrial } from '../../features/dhcp/vrouter-trial.ts';
import { filterTrial } from '../../features/filter/vrouter-trial.ts';
import { ipTrial } from '../../features/ip/vrouter-trial.ts';
import { neighborTrial } from '../../features/ip/vrouter-trial-neighbors.ts';
import { ipipTrial } from '../../features/ipip/vrouter-trial.ts';
import { mplsTrial } from '../../features/mpls/vrouter-trial.ts';
import { mplsTunnelTrial } from '../../features/mpls-tunnel/vrouter-trial.ts';
import { natTrial } from '../../features/nat/vrouter-trial.ts';
import { policeTrial } from '../../features/police/vrouter-trial.ts';
import { routerAdvertTrial } from '../../features/router-advert/vrouter-trial.ts';
import { srv6Trial } from '../../features/srv6/vrouter-trial.ts';
import { vxlanTrial } from '../../features/vxlan/vrouter-trial.ts';

/** What a build of the packet path must pass before it takes over from another one. */
export const trials: readonly Trial[] = [
  ipTrial,
  neighborTrial,
  routerAdvertTrial,
  dhcpTrial,
  mplsTrial,
  mplsTunnelTrial,
  vxlanTrial,
  ipipTrial,
  srv6Trial,
  crossConnectTrial,
  bridgeTrial,
  natTrial,
  bondTrial,
  filterTrial,
  policeTrial,
];
