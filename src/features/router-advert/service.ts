import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { Interfaces } from '../interface/index.ts';
import { RouterAdvertService } from './router-advert_pb.js';
import type { Advertiser, RouterAdverts } from './router-adverts.ts';

/** Router advertisements as the API shows and changes them. */
export function routerAdvertService(interfaces: Interfaces, adverts: RouterAdverts): ApiService {
  return apiService(RouterAdvertService, {
    setRouterAdvert({ iface: name, interval, lifetime }) {
      const iface = interfaces.named('announce the router', name);
      const advertiser = adverts.set(iface, {
        ...(interval === undefined ? {} : { intervalS: interval }),
        ...(lifetime === undefined ? {} : { lifetimeS: lifetime }),
      });
      return { routerAdvert: messageOf(advertiser) };
    },
    clearRouterAdvert({ iface }) {
      adverts.clear(interfaces.named('stop announcing the router', iface));
      return {};
    },
    listRouterAdverts({ iface: name }) {
      const iface = name === undefined ? undefined : interfaces.named('show router advertisements', name);
      const wanted = adverts.list.filter((each) => iface === undefined || each.iface === iface.id);
      return { routerAdverts: wanted.map(messageOf) };
    },
  });

  function messageOf({ iface: id, intervalS, lifetimeS, sent, solicited }: Advertiser) {
    const iface = interfaces.find(id);
    return {
      iface: iface?.name ?? '',
      interval: intervalS,
      lifetime: lifetimeS,
      mtu: iface?.mtu ?? 0,
      prefixes: adverts.prefixesOf(id).map(formatPrefix),
      active: iface !== undefined && adverts.isActive(iface),
      sent: BigInt(sent),
      solicited: BigInt(solicited),
    };
  }
}
