import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatMac, parseMac } from '../../net/mac.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { AddFdbEntryRequest, FlushFdbRequest } from './bridge_pb.js';
import { FdbService } from './bridge_pb.js';
import type { Fdb, FdbFilter } from './fdb.ts';
import type { FdbEntry, FdbOrigin } from './fdb-entry.ts';
import type { Unlearnt } from './unlearnt.ts';

/** The stations of bridges as the API shows and changes them. */
export function fdbService(interfaces: Interfaces, fdb: Fdb, unlearnt: Unlearnt): ApiService {
  const show = (entry: FdbEntry & { readonly ageS: number }) => ({
    bridge: interfaces.find(entry.bridge)?.name ?? '',
    mac: formatMac(entry.mac),
    vlan: entry.vlan,
    iface: interfaces.find(entry.iface)?.name ?? '',
    vtep: fdb.farText(entry),
    flags: [entry.origin],
    age: entry.ageS,
  });
  return apiService(FdbService, {
    addFdbEntry(request) {
      const doing = `add ${request.mac} to the FDB`;
      if (addOwn(interfaces, fdb, doing, request)) return {};
      fdb.put(doing, readEntry(interfaces, fdb, doing, request));
      return {};
    },
    deleteFdbEntry({ bridge, mac, vlan = 0 }) {
      const doing = `delete ${mac} from the FDB`;
      const holder = interfaces.named(doing, bridge);
      const own = fdb.farEnds.stations(holder);
      const { id } = own ? holder : interfaces.named(doing, bridge, 'bridge');
      const found = own
        ? own.remove(id, parseMac(mac))
        : fdb.remove({ bridge: id, mac: parseMac(mac), vlan });
      if (found) return {};
      throw new ApiError('ENOENT', { doing, expected: `a station that ${bridge} knows`, received: mac });
    },
    flushFdb(request) {
      const filter = { ...filterOf(interfaces, 'flush the FDB', request), ...macOf(request) };
      return { count: fdb.flush(request.all ? filter : { ...filter, origin: 'learn' }) };
    },
    async *listFdb(request) {
      const doing = 'list the FDB';
      const origin = request.origin === undefined ? {} : { origin: originNamed(doing, request.origin) };
      let entries: ReturnType<typeof show>[] = [];
      for (const entry of fdb.list({ ...filterOf(interfaces, doing, request), ...origin })) {
        entries.push(show(entry));
        if (entries.length < BATCH) continue;
        yield { entries };
        entries = [];
      }
      if (entries.length > 0) yield { entries };
    },
    getFdbConfig: () => ({ config: { max: fdb.max }, used: fdb.size, unlearnt: unlearnt.total }),
    setFdbConfig({ max }) {
      if (max !== undefined) fdb.max = max;
      return { config: { max: fdb.max } };
    },
  });
}

const BATCH = 512;

/** Adds a station of an interface that keeps its stations itself; false for a bridge's member. */
function addOwn(
  interfaces: Interfaces,
  fdb: Fdb,
  doing: string,
  { mac, iface: name, vlan = 0, vtep }: AddFdbEntryRequest,
): boolean {
  const { id: iface, ...others } = interfaces.named(doing, name);
  const own = fdb.farEnds.stations({ id: iface, ...others });
  if (!own) return false;
  if (vtep === undefined || vlan !== 0) {
    const received = vlan === 0 ? 'none' : `VLAN ${vlan}`;
    throw new ApiError('EINVAL', {
      doing,
      expected: 'a vtep, as the interface is no member of a bridge',
      received,
    });
  }
  own.put(doing, { iface, mac: parseMac(mac), far: fdb.farNamed(doing, iface, vtep) });
  return true;
}

function readEntry(
  interfaces: Interfaces,
  fdb: Fdb,
  doing: string,
  { mac, iface: name, vlan = 0, vtep, extern }: AddFdbEntryRequest,
): FdbEntry {
  const iface = member(doing, interfaces, name);
  return {
    bridge: iface.domain,
    mac: parseMac(mac),
    vlan,
    iface: iface.id,
    far: vtep === undefined ? 0 : fdb.farNamed(doing, iface.id, vtep),
    origin: extern ? 'extern' : 'static',
  };
}

/** Finds a member of a bridge by its name. @throws ApiError ENODEV, EINVAL */
function member(doing: string, interfaces: Interfaces, name: string): Interface {
  const iface = interfaces.named(doing, name);
  if (interfaces.find(iface.domain)?.type === 'bridge') return iface;
  throw new ApiError('EINVAL', { doing, expected: 'a member of a bridge', received: name });
}

function filterOf(
  interfaces: Interfaces,
  doing: string,
  { bridge, iface }: { readonly bridge?: string | undefined; readonly iface?: string | undefined },
): FdbFilter {
  return {
    ...(bridge === undefined ? {} : { bridge: interfaces.named(doing, bridge).id }),
    ...(iface === undefined ? {} : { iface: interfaces.named(doing, iface).id }),
  };
}

function macOf({ mac }: FlushFdbRequest): FdbFilter {
  return mac === undefined ? {} : { mac: parseMac(mac) };
}

/** @throws ApiError EINVAL */
function originNamed(doing: string, word: string): FdbOrigin {
  if (word === 'static' || word === 'learn' || word === 'extern') return word;
  throw new ApiError('EINVAL', { doing, expected: 'static, learn or extern', received: word });
}
