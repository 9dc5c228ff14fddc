import { setImmediate as turn } from 'node:timers/promises';
import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { Turns } from '../../engine/host/turns.ts';
import { addressFromBytes, parseAddress } from '../../net/address.ts';
import { formatPrefix, hostPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import type { Interfaces } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import { MAIN_VRF, type Vrfs } from '../vrf/index.ts';
import { isFamily } from './address-service.ts';
import type { AddRouteRequest, AddRoutesRequest, DeleteRoutesRequest } from './ip_pb.js';
import { RouteService } from './ip_pb.js';
import type { RouteTarget } from './new-route.ts';
import { originNumber, originWord } from './origins.ts';
import { type BatchResult, faultInBatch } from './route-batch.ts';
import type { TableRoute } from './route-page.ts';
import { BATCH_MAX, recordBytes } from './route-tables.ts';
import type { Routes } from './routes.ts';

/** What the route service works on. */
export interface RouteServiceContext {
  readonly interfaces: Interfaces;
  readonly vrfs: Vrfs;
  readonly routes: Routes;
  readonly nextHops: NextHops;
}

/** Routes as the API shows and changes them. */
export function routeService(context: RouteServiceContext): ApiService {
  const { interfaces, vrfs, routes } = context;
  const listing = new Turns();
  return apiService(RouteService, {
    addRoute(request) {
      const doing = `add route ${request.destination}`;
      const vrf = vrfOf(context, doing, request.vrf);
      const prefix = destination(request.destination);
      routes.add({
        vrf,
        prefix,
        target: targetOf(context, doing, request.nextHop),
        origin: request.origin ?? 'static',
      });
      return {};
    },
    deleteRoute(request) {
      const vrf = vrfOf(context, `delete route ${request.destination}`, request.vrf);
      routes.remove(vrf, destination(request.destination));
      return {};
    },
    getRoute(request) {
      const doing = `find the route to ${request.destination}`;
      const route = routes.longest(vrfOf(context, doing, request.vrf), parseAddress(request.destination));
      if (route) return { route: show(context, [route])[0] };
      throw new ApiError('ENETUNREACH', {
        doing,
        expected: 'a route that covers the address',
        received: 'none',
      });
    },
    async *listRoutes({ family, vrf, max }) {
      let left = max ?? Number.POSITIVE_INFINITY;
      const batches = inOrder(context, vrf, family);
      while (left > 0) {
        const batch = await listing.take(() => step(batches));
        if (!batch) return;
        yield { routes: show(context, batch.slice(0, left)) };
        left -= batch.length;
      }
    },
    async addRoutes(requests) {
      const total = new Total();
      for await (const request of requests) addBatch(context, request, total);
      return { added: total.done, replaced: total.replaced, failed: total.failed, failures: total.failures };
    },
    async deleteRoutes(requests) {
      const total = new Total();
      for await (const request of requests) deleteBatch(context, request, total);
      return { deleted: total.done, failed: total.failed, failures: total.failures };
    },
    getRouteConfig: () => ({
      defaultRib4Routes: vrfs.defaults.rib4Routes,
      defaultRib6Routes: vrfs.defaults.rib6Routes,
      tables: interfaces.list
        .filter(({ type }) => type === 'vrf')
        .flatMap(({ vrf, name }) => tablesOf(context, vrf, name)),
    }),
    setRouteConfig({ defaultRib4Routes, defaultRib6Routes }) {
      vrfs.defaults = {
        ...vrfs.defaults,
        ...(defaultRib4Routes === undefined ? {} : { rib4Routes: defaultRib4Routes }),
        ...(defaultRib6Routes === undefined ? {} : { rib6Routes: defaultRib6Routes }),
      };
      return { defaultRib4Routes: vrfs.defaults.rib4Routes, defaultRib6Routes: vrfs.defaults.rib6Routes };
    },
  });
}

/** Number of the VRF that a request names, the default one where it names none. @throws ApiError ENODEV */
export function vrfOf(
  context: Pick<RouteServiceContext, 'interfaces'>,
  doing: string,
  name: string | undefined,
): number {
  return context.interfaces.vrfNamed(doing, name === undefined || name === '' ? MAIN_VRF : name);
}

const LIST_BATCH = 512;
const FAILURES_SHOWN = 100;

interface Failure {
  readonly destination: string;
  readonly vrf: string;
  readonly code: string;
  readonly reason: string;
}

/** What became of all batches of a stream. */
class Total {
  done = 0;
  replaced = 0;
  failed = 0;
  readonly failures: Failure[] = [];

  add(result: BatchResult, failure: (place: number) => Failure): void {
    this.done += result.done;
    this.replaced += result.replaced;
    for (const place of result.failed) this.fail(() => failure(place));
  }

  fail(failure: () => Failure): void {
    this.failed++;
    if (this.failures.length < FAILURES_SHOWN) this.failures.push(failure());
  }
}

function addBatch(context: RouteServiceContext, request: AddRoutesRequest, total: Total): void {
  const doing = 'add routes';
  const batch = readBatch(context, doing, request);
  const count = batch.records.length / recordBytes(batch.family);
  const ids = request.nexthopIds;
  if (ids.length !== 1 && ids.length !== count) {
    throw invalid(doing, `one next hop for all or one for each of ${count} routes`, String(ids.length));
  }
  const origin = originNumber(request.origin === '' ? 'static' : request.origin);
  if (origin === undefined)
    throw invalid(doing, 'a known origin such as static or bgp', JSON.stringify(request.origin));
  const indices = new Map([...new Set(ids)].map((id) => [id, indexNamed(context, doing, id)]));
  const nextHops = Uint32Array.from(
    { length: count },
    (_, i) => indices.get(ids[ids.length === 1 ? 0 : i] ?? 0) ?? 0,
  );
  const result = context.routes.putMany({ ...batch, origin }, nextHops);
  const reason = 'expected room in the route table of the VRF, got a full one';
  total.add(result, (place) => ({ ...recordText(context, batch, place), code: 'ENOSPC', reason }));
}

function deleteBatch(context: RouteServiceContext, request: DeleteRoutesRequest, total: Total): void {
  const batch = readBatch(context, 'delete routes', request);
  const { done, missing, kept } = context.routes.takeMany(batch);
  const text = (place: number) => recordText(context, batch, place);
  const absent = { code: 'ENOENT', reason: 'expected a route to exactly this prefix, got none' };
  const reason = 'expected a route that somebody has added, got one of an address or a neighbour';
  total.add({ done, replaced: 0, failed: missing }, (place) => ({ ...text(place), ...absent }));
  total.add({ done: 0, replaced: 0, failed: kept }, (place) => ({ ...text(place), code: 'EBUSY', reason }));
}

function readBatch(
  context: RouteServiceContext,
  doing: string,
  request: AddRoutesRequest | DeleteRoutesRequest,
) {
  isFamily(request.family, 'ipv4');
  const family = request.family === 'ipv6' ? (6 as const) : (4 as const);
  const batch = { vrf: vrfOf(context, doing, request.vrf), family, records: request.prefixes };
  const fault = faultInBatch(batch);
  if (fault !== undefined) throw invalid(doing, fault.split(', and ')[0] ?? '', fault);
  const count = batch.records.length / recordBytes(family);
  if (count > BATCH_MAX) throw invalid(doing, `at most ${BATCH_MAX} routes in one batch`, String(count));
  return batch;
}

function recordText(
  context: RouteServiceContext,
  batch: { vrf: number; family: 4 | 6; records: Uint8Array },
  place: number,
) {
  const size = recordBytes(batch.family);
  const record = batch.records.slice(place * size, (place + 1) * size);
  const prefix = { address: addressFromBytes(record.slice(0, size - 1)), length: record[size - 1] ?? 0 };
  return { destination: formatPrefix(prefix), vrf: context.interfaces.vrfName(batch.vrf) };
}

/** A prefix, or a bare address as a host route. */
function destination(text: string): Prefix {
  if (text.includes('/')) return parsePrefix(text);
  return hostPrefix(parseAddress(text));
}

function targetOf(
  context: RouteServiceContext,
  doing: string,
  nextHop: AddRouteRequest['nextHop'],
): RouteTarget {
  if (nextHop.case === 'address') return { gateway: parseAddress(nextHop.value) };
  if (nextHop.case === 'id') return { index: indexNamed(context, doing, nextHop.value) };
  throw invalid(doing, 'a next hop: an address or an id', 'neither');
}

function indexNamed({ nextHops }: RouteServiceContext, doing: string, id: number): number {
  const index = nextHops.indexOf(id);
  if (index !== undefined) return index;
  throw new ApiError('ENOENT', { doing, expected: 'the id of a next hop', received: String(id) });
}

/** The routes of a VRF or of all, IPv4 first, a batch at a time. @throws ApiError ENODEV, EINVAL */
function* inOrder(
  { interfaces, routes }: RouteServiceContext,
  name: string | undefined,
  family: string | undefined,
): Generator<readonly TableRoute[], undefined> {
  const families = ([4, 6] as const).filter((each) => isFamily(family, each === 6 ? 'ipv6' : 'ipv4'));
  const all = interfaces.list.filter(({ type }) => type === 'vrf').map(({ vrf }) => vrf);
  const vrfs = name === undefined ? all : [interfaces.vrfNamed('show routes', name)];
  for (const vrf of vrfs) for (const each of families) yield* routes.inOrder(vrf, each, LIST_BATCH);
  return undefined;
}

/** One batch of one list in each turn of the event loop: however many are listed, others get their answers between. */
async function step(
  batches: Iterator<readonly TableRoute[], undefined>,
): Promise<readonly TableRoute[] | undefined> {
  await turn();
  return batches.next().value;
}

/** Routes of one VRF, as the API shows them: many have the same next hop. */
function show({ interfaces, nextHops }: RouteServiceContext, routes: readonly TableRoute[]) {
  const vrf = interfaces.vrfName(routes[0]?.vrf ?? 0);
  const indices = new Set(routes.map(({ nextHop }) => nextHop));
  const shown = new Map([...indices].map((index) => [index, nextHops.show(index)]));
  return routes.map((route) => {
    const nextHop = shown.get(route.nextHop);
    return {
      vrf,
      family: route.prefix.address.family,
      destination: formatPrefix(route.prefix),
      origin: originWord(route.origin),
      ...(nextHop ? { nextHop } : {}),
    };
  });
}

function tablesOf({ vrfs, routes }: RouteServiceContext, vrf: number, name: string) {
  const sizes = vrfs.sizes(vrf);
  const used = routes.used(vrf);
  const blocks = routes.blocks(vrf);
  return [
    {
      vrf: name,
      family: 'ipv4',
      maxRoutes: sizes.rib4Routes,
      usedRoutes: used.routes4,
      numTbl8: sizes.fib4Tbl8,
      usedTbl8: blocks.blocks4,
    },
    {
      vrf: name,
      family: 'ipv6',
      maxRoutes: sizes.rib6Routes,
      usedRoutes: used.routes6,
      numTbl8: sizes.fib6Tbl8,
      usedTbl8: blocks.blocks6,
    },
  ];
}

function invalid(doing: string, expected: string, received: string): ApiError {
  return new ApiError('EINVAL', { doing, expected, received });
}
