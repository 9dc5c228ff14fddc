import { ConnectError, createClient } from '@connectrpc/connect';
import { openRouterTransport } from '../../src/engine/client/router-transport.ts';
import { ErrorDetailSchema } from '../../src/engine/host/api/engine_pb.js';
import { InterfaceService } from '../../src/features/interface/interface_pb.js';
import { AddressService, RouteService } from '../../src/features/ip/ip_pb.js';
import { NexthopService } from '../../src/features/neighbor/neighbor_pb.js';
import { PortService } from '../../src/features/port/port_pb.js';
import { VrfService } from '../../src/features/vrf/vrf_pb.js';

/** A client of a router's gRPC API on a connection of its own. */
export type Api = ReturnType<typeof openApi>;

export function openApi(socketPath: string) {
  const { transport, close } = openRouterTransport({ socketPath });
  return {
    interfaces: createClient(InterfaceService, transport),
    ports: createClient(PortService, transport),
    vrfs: createClient(VrfService, transport),
    addresses: createClient(AddressService, transport),
    routes: createClient(RouteService, transport),
    nextHops: createClient(NexthopService, transport),
    close,
    [Symbol.dispose]: close,
  };
}

/** What became of a call: done, or refused with a code and a reason. */
export type CallOutcome =
  | { readonly done: true }
  | { readonly done: false; readonly code: string; readonly reason: string };

/** Waits for a call, whether it is done or refused. */
export async function outcomeOf(call: Promise<unknown>): Promise<CallOutcome> {
  try {
    await call;
    return { done: true };
  } catch (error) {
    const refusal = ConnectError.from(error);
    const code = refusal.findDetails(ErrorDetailSchema)[0]?.code ?? '';
    return { done: false, code, reason: refusal.rawMessage };
  }
}

/** Whether a refusal says with a code, in words, what was expected and what came. */
export function isExplained(outcome: CallOutcome): boolean {
  if (outcome.done) return true;
  return outcome.code !== '' && outcome.code !== 'EIO' && /expected .+, got .+/.test(outcome.reason);
}
