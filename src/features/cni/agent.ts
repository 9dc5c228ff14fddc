import type { PodNetworks, Pods } from '../pod/index.ts';
import { answer } from './commands.ts';
import { CniServer } from './server.ts';

/** Answers CNI calls on a socket until closed. @throws ApiError EADDRINUSE when another agent does */
export async function serveCni(
  path: string,
  agent: { readonly pods: Pods; readonly networks: PodNetworks; readonly trouble: string | undefined },
): Promise<CniServer> {
  const needs = { pods: agent.pods, networks: () => agent.networks, trouble: () => agent.trouble };
  const server = new CniServer(path, (message) => answer(needs, message));
  await server.start();
  return server;
}
