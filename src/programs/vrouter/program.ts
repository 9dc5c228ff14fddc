import { makeLog } from '../../engine/host/daemon/log.ts';
import type { Program } from '../../engine/host/daemon/run.ts';
import { runScript } from '../../engine/host/daemon/script.ts';
import { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import { startAccess } from '../../features/access/vrouter.ts';
import { showBonds, startBonds } from '../../features/bond/vrouter.ts';
import { showBridges, startBridges } from '../../features/bridge/vrouter.ts';
import { startCrossConnects } from '../../features/cross-connect/vrouter.ts';
import { showDhcpClients, startDhcpClients } from '../../features/dhcp/vrouter.ts';
import { startEther } from '../../features/ether/vrouter.ts';
import { showFilters, startFilters } from '../../features/filter/vrouter.ts';
import { showInterfaces, startInterfaces } from '../../features/interface/vrouter.ts';
import { nextHopStages, showRoutes, startIp } from '../../features/ip/vrouter.ts';
import { showIpips, startIpips } from '../../features/ipip/vrouter.ts';
import { showMacs, startMacs } from '../../features/mac/vrouter.ts';
import { showLabels, startMpls } from '../../features/mpls/vrouter.ts';
import { showMplsTunnels, startMplsTunnels } from '../../features/mpls-tunnel/vrouter.ts';
import { showNat, startNat } from '../../features/nat/vrouter.ts';
import { showNextHops, startNeighbors } from '../../features/neighbor/vrouter.ts';
import { showPolicers, startPolicers } from '../../features/police/vrouter.ts';
import { devicesIn, showPorts, startPorts } from '../../features/port/vrouter.ts';
import { startRepresentors } from '../../features/representor/vrouter.ts';
import { showRouterAdverts, startRouterAdverts } from '../../features/router-advert/vrouter.ts';
import { showSrv6, startSrv6 } from '../../features/srv6/vrouter.ts';
import { showTunnels, startTunnels } from '../../features/tunnel/vrouter.ts';
import { startVlans } from '../../features/vlan/vrouter.ts';
import { startVrfs } from '../../features/vrf/vrouter.ts';
import { showVxlans, startVxlans } from '../../features/vxlan/vrouter.ts';
import { commands } from '../ctl/commands.ts';
import { version } from './version.ts';

/** What the router is made of. */
export const program: Program = {
  trials: new URL('./trials.ts', import.meta.url),
  makeLog,
  runScript: (file, socketPath) => runScript({ file, socketPath, version, commands }),
  devicesIn,
  /** The features, low to high; each gets what it needs of those below it. */
  async compose(router, context) {
    const telemetry = new Telemetry(router, context);
    const interfaceFeature = startInterfaces(router);
    const { interfaces } = interfaceFeature;
    showInterfaces(telemetry, interfaceFeature);
    showMacs(telemetry, interfaces, startMacs(router, interfaces));
    const ether = startEther(router, interfaces);
    const { vrfs, addMain } = startVrfs(router, interfaces);
    const ports = startPorts(router, interfaces);
    showPorts(telemetry, interfaces);
    const neighbors = startNeighbors({ router, interfaces, ether, stages: nextHopStages });
    showNextHops(telemetry, neighbors.nextHops);
    const ip = startIp(router, { interfaces, ether, vrfs, neighbors });
    showRoutes(telemetry, interfaces, ip.routes);
    const { counting } = interfaceFeature;
    const representors = startRepresentors(router, { interfaces, counting, ether, ip });
    const routerAdverts = startRouterAdverts(router, { interfaces, ip });
    showRouterAdverts(telemetry, interfaces, routerAdverts.adverts);
    const tunnel = startTunnels(router, ip);
    showTunnels(telemetry, tunnel);
    const { nextHops } = neighbors;
    const bond = startBonds(router, { interfaces, ports, nextHops });
    showBonds(telemetry, bond.bonds);
    const bridges = startBridges(router, interfaces, nextHops);
    const dhcp = startDhcpClients(router, { interfaces, ip, neighbors, tunnel });
    showDhcpClients(telemetry, interfaces, dhcp.clients);
    showBridges(telemetry, interfaces, bridges);
    const mpls = startMpls(router, { interfaces, ether, neighbors });
    showLabels(telemetry, mpls);
    const mplsTunnels = startMplsTunnels(router, { interfaces, neighbors, ip, tunnel, mpls });
    showMplsTunnels(telemetry, mplsTunnels);
    const vlans = startVlans(router, { interfaces, ether });
    const policers = startPolicers(router, interfaces);
    showPolicers(telemetry, policers);
    showFilters(telemetry, startFilters(router, { interfaces, policers }));
    startAccess(router, { interfaces, ports, vlans, ip, users: neighbors.users });
    startCrossConnects(interfaces);
    const vxlan = startVxlans(router, {
      interfaces,
      nextHops,
      ip,
      tunnel,
      fdb: bridges.fdb,
    });
    showVxlans(telemetry, vxlan.vxlans);
    const nat = startNat(router, { interfaces, ip, neighbors });
    showNat(telemetry, nat);
    const ipip = startIpips(router, { interfaces, nextHops: neighbors.nextHops, ip });
    showIpips(telemetry, ipip.ipips);
    const srv6 = startSrv6(router, { interfaces, neighbors, ip });
    showSrv6(telemetry, srv6);
    addMain();
    await telemetry.start();
    return async () => {
      await telemetry.close();
      bond.close();
      nat.close();
      mplsTunnels.close();
      bridges.close();
      vxlan.close();
      ipip.close();
      dhcp.close();
      await routerAdverts.close();
      srv6.close();
      await representors.close();
      await ports.close();
      neighbors.close();
      interfaceFeature.close();
    };
  },
};
