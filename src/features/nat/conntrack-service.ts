import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import type { Interfaces } from '../interface/index.ts';
import { checkConfig } from './conntrack-config.ts';
import type { ConntrackConfig as Message } from './nat_pb.js';
import { ConntrackService } from './nat_pb.js';
import type { Session, Sessions } from './sessions.ts';

/** Sessions as the API shows and ends them, and what limits them. */
export function conntrackService(interfaces: Interfaces, sessions: Sessions): ApiService {
  return apiService(ConntrackService, {
    async *listSessions() {
      for (const page of sessions.pages())
        for (let at = 0; at < page.length; at += BATCH)
          yield { sessions: page.slice(at, at + BATCH).flatMap((each) => messages(interfaces, each)) };
    },
    flushSessions: () => ({ count: sessions.flush() }),
    getConntrackConfig: () => ({ config: sessions.config, used: sessions.count }),
    setConntrackConfig({ config }) {
      sessions.config = checkConfig({ ...sessions.config, ...present(config) });
      return { config: sessions.config };
    },
  });
}

/** Sessions in a message; each is there twice. */
const BATCH = 512;

const protocols: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' };

/** Both ways of a session, as packets have them: before translation as it leaves, and before it as it comes in. */
function messages(interfaces: Interfaces, session: Session) {
  const { inside, outside, remote, protocol } = session;
  const common = {
    iface: interfaces.find(session.iface)?.name ?? '',
    id: session.id,
    state: session.state,
    proto: protocols[protocol] ?? String(protocol),
    lastUpdate: Math.floor(session.idleMs / 1000),
  };
  const way = (flow: string, from: typeof inside, to: typeof inside) => ({
    ...common,
    flow,
    src: from.address,
    dst: to.address,
    sport: from.port,
    dport: to.port,
  });
  return [way('fwd', inside, remote), way('rev', remote, outside)];
}

/** The fields that a request has. */
function present(message: Message | undefined): Partial<Record<keyof Message, number>> {
  const fields = Object.entries(message ?? {}).filter(([, value]) => typeof value === 'number');
  return Object.fromEntries(fields);
}
