import type { Router } from '../../engine/host/router.ts';
import type { EtherFeature } from '../ether/index.ts';
import type { InterfaceCounting, Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import { Delivery } from './delivery.ts';
import { removalOfRules, tellHost } from './host-exchange.ts';
import { HostMirror } from './host-mirror.ts';
import { PROTOCOL } from './mirror.ts';
import { Representors } from './representors.ts';

/** What representors need of the features below them. */
export interface RepresentorFeatureNeeds {
  readonly interfaces: Interfaces;
  readonly counting: InterfaceCounting;
  readonly ether: EtherFeature;
  readonly ip: Pick<IpFeature, 'addresses' | 'exchange'>;
}

/** Shows interfaces and VRFs to the host, and gives it what is for the router and no stage takes. */
export function startRepresentors(
  router: Router,
  needs: RepresentorFeatureNeeds,
): Pick<Representors, 'close'> {
  const { interfaces, counting, ether, ip } = needs;
  const log = router.log.child({ component: 'representor' });
  const mirror = new HostMirror({
    tell: tellHost,
    removal: () => removalOfRules(PROTOCOL),
    onFailure: ({ command, reason }) => {
      const level = command.undoes ? 'debug' : 'warn';
      log[level]({ command: `ip ${command.message.asks}`, reason }, 'the host has refused a setting');
    },
  });
  const representors = new Representors({
    router,
    interfaces,
    counting,
    addresses: ip.addresses,
    mirror,
    onFirst: () => takePackets(router, ether),
  });
  const delivery = new Delivery(router, representors);
  ip.exchange.onUnclaimed((packet, at) => delivery.deliverCopy(packet, at));
  representors.start();
  router.settling.add(() => representors.settled());
  return representors;
}

/** Becomes the one who takes what is for us and what nobody else takes. */
function takePackets(router: Router, ether: EtherFeature): void {
  const protocols = router.region('IP_PROTOCOLS');
  const types = router.region('ICMP6_TYPES');
  const stage = 'host-deliver';
  router.dispatch.set({ table: 'ip-protocols', key: 'IPv4, others', stage }, protocols);
  router.dispatch.set({ table: 'ip-protocols', key: 'IPv6, others', stage }, protocols + 512);
  for (const [type, name] of hostTypes) {
    router.dispatch.set({ table: 'icmp6-types', key: name, stage }, types + type * 2);
  }
  ether.takeOthers('host-frame');
}

/** ICMPv6 that daemons of the host may speak: multicast listeners (RFC 3810), and routers that announce themselves (RFC 4861). */
const hostTypes = [
  [130, 'listener query'],
  [131, 'listener report'],
  [132, 'listener done'],
  [143, 'listener report 2'],
  [134, 'router advertisement'],
] as const;
