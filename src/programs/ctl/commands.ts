import { engineCommands } from '../../engine/cli.ts';
import { bondCommands } from '../../features/bond/cli.ts';
import { bridgeCommands } from '../../features/bridge/cli.ts';
import { dhcpCommands } from '../../features/dhcp/cli.ts';
import { filterCommands } from '../../features/filter/cli.ts';
import { interfaceCommands } from '../../features/interface/cli.ts';
import { interfaceName } from '../../features/interface/cli-arguments.ts';
import { ipCommands } from '../../features/ip/cli.ts';
import { ipipCommands } from '../../features/ipip/cli.ts';
import { macCommands } from '../../features/mac/cli.ts';
import { mplsCommands } from '../../features/mpls/cli.ts';
import { mplsTunnelCommands } from '../../features/mpls-tunnel/cli.ts';
import { natCommands } from '../../features/nat/cli.ts';
import { nexthopCommands } from '../../features/neighbor/cli.ts';
import { policeCommands } from '../../features/police/cli.ts';
import { portCommands } from '../../features/port/cli.ts';
import { routerAdvertCommands } from '../../features/router-advert/cli.ts';
import { srv6Commands } from '../../features/srv6/cli.ts';
import { vlanCommands } from '../../features/vlan/cli.ts';
import { vrfCommands } from '../../features/vrf/cli.ts';
import { vxlanCommands } from '../../features/vxlan/cli.ts';

/** Every command of `millrace ctl`. */
export const commands = [
  ...interfaceCommands,
  ...macCommands,
  ...portCommands,
  ...vlanCommands,
  ...vrfCommands,
  ...nexthopCommands,
  ...ipCommands,
  ...routerAdvertCommands,
  ...dhcpCommands,
  ...mplsCommands,
  ...mplsTunnelCommands,
  ...bondCommands,
  ...bridgeCommands,
  ...vxlanCommands,
  ...filterCommands,
  ...policeCommands,
  ...natCommands,
  ...ipipCommands,
  ...srv6Commands,
  ...engineCommands(interfaceName),
];
