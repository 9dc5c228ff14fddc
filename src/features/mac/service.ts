import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatMac, parseMac } from '../../net/mac.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import { MacService } from './mac_pb.js';
import type { Macs } from './macs.ts';

/** Further MAC addresses as the API shows and changes them. */
export function macService(macs: Macs, interfaces: Interfaces): ApiService {
  return apiService(MacService, {
    addMac: ({ iface, mac }) =>
      interfaces.inTurn(() => {
        macs.add(iface, parseMac(mac));
        return {};
      }),
    deleteMac: ({ iface, mac }) =>
      interfaces.inTurn(() => {
        macs.remove(iface, parseMac(mac));
        return {};
      }),
    setMac: ({ iface, mac }) =>
      interfaces.inTurn(async () => {
        await interfaces.set(iface, { mac: parseMac(mac) });
        return {};
      }),
    listMacs: ({ iface }) => ({ macs: chosen(interfaces, iface).flatMap((each) => messages(macs, each)) }),
  });
}

function chosen(interfaces: Interfaces, name: string | undefined): readonly Interface[] {
  return name === undefined ? interfaces.list : [interfaces.named('show MAC addresses', name)];
}

function messages(macs: Macs, { id, name }: Interface) {
  return macs.of(id).map(({ mac, references }) => ({ iface: name, mac: formatMac(mac), refcnt: references }));
}
