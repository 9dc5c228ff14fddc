import { type Client, createClient } from '@connectrpc/connect';
import { openRouterTransport } from '../../engine/client/router-transport.ts';
import { RuntimeService } from './runtime_pb.js';

/** A container runtime that is spoken to by CRI. */
export interface Runtime {
  readonly calls: Client<typeof RuntimeService>;
  close(): void;
}

/** Speaks to the container runtime at a UNIX socket; connects with the first call. */
export function connectRuntime(socketPath: string): Runtime {
  const { transport, close } = openRouterTransport({ socketPath });
  return { calls: createClient(RuntimeService, transport), close };
}
