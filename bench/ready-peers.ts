import type { Settings } from './bench.ts';
import { reasonOf } from './bench-error.ts';
import type { Peer } from './peer.ts';

/** Sets the programs up; one whose set-up fails is left out with the reason, and so is one not asked for. */
export async function readyPeers<P extends Pick<Peer, 'name' | 'setUp'>>(
  peers: readonly P[],
  settings: Settings,
): Promise<{ readonly ready: readonly P[]; readonly skipped: Readonly<Record<string, string>> }> {
  const ready: P[] = [];
  const skipped: Record<string, string> = {};
  for (const peer of peers.filter(({ name }) => settings.peers?.includes(name) ?? true)) {
    try {
      await peer.setUp(settings.log);
      ready.push(peer);
    } catch (error) {
      skipped[peer.name] = reasonOf(error);
      settings.log(`${peer.name} is left out: ${reasonOf(error)}`);
    }
  }
  return { ready, skipped };
}
