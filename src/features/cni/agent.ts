import { answer, type CniSource } from './commands.ts';
import { CniServer } from './server.ts';

/** Answers CNI calls on a socket until closed. @throws ApiError EADDRINUSE when another agent does */
export async function serveCni(path: string, agent: CniSource): Promise<CniServer> {
  const server = new CniServer(path, (message) => answer(agent, message));
  await server.start();
  return server;
}
