import { connect } from 'node:net';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';

/** A transport for `createClient` of @connectrpc/connect, to be closed after use. */
export interface RouterTransport {
  readonly transport: Transport;
  readonly close: () => void;
}

/**
 * Opens a gRPC transport to a router's socket.
 *
 * It is for programs that live longer than a command, and for what JSON cannot do well: messages in both
 * directions, and routes by the million.
 */
export function openRouterTransport(options: { readonly socketPath: string }): RouterTransport {
  const baseUrl = 'http://localhost';
  const sessionManager = new Http2SessionManager(baseUrl, undefined, {
    createConnection: () => connect(options.socketPath),
    settings: { initialWindowSize: windowSize },
    maxSessionMemory: sessionMegabytes,
  });
  const transport = createGrpcTransport({ baseUrl, sessionManager, writeMaxBytes: largestMessage });
  return { transport, close: () => sessionManager.abort() };
}

// HTTP/2's own 64 KiB would stop and go every few hundred routes.
const windowSize = 4 << 20;

// What waits to be sent counts: with Node.js's own 10 MB, the refusal of a message of 15 MiB would not be taken.
const sessionMegabytes = 64;

// As the server has it.
const largestMessage = 16 << 20;
