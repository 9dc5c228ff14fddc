import { ApiError } from '../../engine/api-error.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { formatAddress, type IpAddress, parseAddress } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import type { Interfaces } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import type { Addresses } from './addresses.ts';
import type { IcmpExchange } from './icmp-exchange.ts';
import type { IcmpLimits } from './icmp-limits.ts';
import type { PingRequest, TracerouteRequest } from './ip_pb.js';
import { IcmpService } from './ip_pb.js';
import { answerer, type EchoTarget, ping, traceroute } from './ping.ts';
import { vrfOf } from './route-service.ts';
import type { Routes } from './routes.ts';

/** What the ICMP service works on. */
export interface IcmpServiceContext {
  readonly interfaces: Interfaces;
  readonly addresses: Addresses;
  readonly routes: Routes;
  readonly nextHops: NextHops;
  readonly exchange: IcmpExchange;
  readonly limits: IcmpLimits;
}

/** The router's own ping and traceroute, and the limits of the errors it sends. */
export function icmpService(context: IcmpServiceContext): ApiService {
  const { exchange, limits } = context;
  return apiService(IcmpService, {
    async *ping(request, { signal }) {
      const target = chooseTarget(context, `ping ${request.destination}`, request);
      const options = { count: request.count, delayMs: request.delayMs ?? 1000, signal };
      for await (const outcome of ping(exchange, target, options)) {
        const { sequence, ident, rttUs, answer } = outcome;
        const shown = answer
          ? { ttl: answer.ttl, size: answer.size, icmpType: answer.type, icmpCode: answer.code }
          : {};
        yield {
          sequence,
          ident,
          rttUs,
          address: answerer(outcome),
          result: answer?.result ?? 'timeout',
          ...shown,
        };
      }
    },
    async *traceroute(request, { signal }) {
      const target = chooseTarget(context, `traceroute ${request.destination}`, request);
      for await (const outcome of traceroute(exchange, target, signal)) {
        const { hop, probe, rttUs, answer } = outcome;
        const shown = answer ? { icmpType: answer.type, icmpCode: answer.code } : {};
        yield {
          hop,
          probe,
          rttUs,
          address: answerer(outcome),
          result: answer?.result ?? 'timeout',
          ...shown,
        };
      }
    },
    getIcmpConfig: () => ({ config: limits.current }),
    setIcmpConfig: ({ rate, burst }) => ({ config: limits.set({ rate, burst }) }),
  });
}

/** Finds the way to a destination, and the address to speak from. @throws ApiError ENETUNREACH, EADDRNOTAVAIL, EINVAL */
function chooseTarget(
  context: IcmpServiceContext,
  doing: string,
  request: PingRequest | TracerouteRequest,
): EchoTarget {
  const destination = parseAddress(request.destination);
  const ident = request.ident === undefined ? {} : { ident: request.ident };
  if (request.iface !== undefined)
    return { ...targetOn(context, doing, request.iface, destination), ...ident };
  if (destination.family === 'ipv6' && isLinkLocal(destination)) {
    throw new ApiError('EINVAL', {
      doing,
      expected: 'an interface for a link-local address',
      received: 'none',
    });
  }
  const vrf = vrfOf(context, doing, request.vrf);
  const route = context.routes.longest(vrf, destination);
  if (!route) {
    throw new ApiError('ENETUNREACH', { doing, expected: 'a route to the destination', received: 'none' });
  }
  const source = sourceOn(context, doing, context.nextHops.interfaceOf(route.nextHop), vrf, destination);
  return { vrf, source, destination, ...ident };
}

/** A target that is asked through an interface, straight on its link where no other way is known. */
function targetOn(
  context: IcmpServiceContext,
  doing: string,
  name: string,
  destination: IpAddress,
): EchoTarget {
  const iface = context.interfaces.named(doing, name);
  const source = sourceOn(context, doing, iface.id, iface.vrf, destination);
  const linkLocal = destination.family === 'ipv6' && isLinkLocal(destination);
  const route = linkLocal ? undefined : context.routes.longest(iface.vrf, destination);
  const routedThere = route && context.nextHops.interfaceOf(route.nextHop) === iface.id;
  if (routedThere) return { vrf: iface.vrf, source, destination };
  return { vrf: iface.vrf, source, destination, nextHop: context.nextHops.resolve(iface, destination) };
}

function sourceOn(
  context: IcmpServiceContext,
  doing: string,
  iface: number,
  vrf: number,
  target: IpAddress,
): IpAddress {
  const own = context.addresses.sourceFor(iface, target);
  if (own) return own;
  const inVrf = context.interfaces.list.filter((each) => each.vrf === vrf);
  for (const each of inVrf) {
    const found = context.addresses.sourceFor(each.id, target);
    if (found && !isLinkLocal(found)) return found;
  }
  throw new ApiError('EADDRNOTAVAIL', {
    doing,
    expected: `an ${target.family} address to speak from`,
    received: `none for ${formatAddress(target)}`,
  });
}
