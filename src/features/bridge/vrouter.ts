import { apiService } from '../../engine/host/api/service.ts';
import type { Router } from '../../engine/host/router.ts';
import { type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import { BridgeService, type BridgeAttributes as Message } from './bridge_pb.js';
import type { BridgeAttributes } from './bridge-settings.ts';
import { Bridges } from './bridges.ts';
import { Fdb } from './fdb.ts';
import { fdbService } from './fdb-service.ts';
import { FdbTable } from './fdb-table.ts';
import { KnownNeighbors } from './known-neighbors.ts';
import { Unlearnt } from './unlearnt.ts';

export { showBridges } from './telemetry.ts';

/** The bridges, and where their stations are. */
export interface BridgeFeature {
  readonly bridges: Bridges;
  readonly fdb: Fdb;
  readonly unlearnt: Unlearnt;
  /** Stops keeping the stations' time. */
  close(): void;
}

/** Sets up bridges, their table of stations, and the services of both. */
export function startBridges(router: Router, interfaces: Interfaces, nextHops: NextHops): BridgeFeature {
  const table = new FdbTable((names) => router.tables(names));
  const fdb = new Fdb(router, { interfaces, table, nowMs: () => performance.now() });
  const neighbors = new KnownNeighbors(router, { interfaces, fdb, nextHops });
  const bridges = new Bridges(router, { interfaces, fdb, neighbors });
  const unlearnt = new Unlearnt(router);
  for (const { rewrite } of [bridges, fdb, neighbors]) router.rewrites.add(rewrite);
  router.services.push(
    apiService(BridgeService, {
      addBridge: ({ name, attributes, bridge }) =>
        interfaces.inTurn(() => {
          const wanted = readAttributes(interfaces, `add bridge ${name}`, attributes, bridge?.mac);
          const added = bridges.add({ name, attributes: wanted, bridge: readBridge(bridge) });
          return { interface: interfaceMessage(interfaces, added) };
        }),
      setBridge: ({ name, newName, attributes, bridge }) =>
        interfaces.inTurn(async () => {
          const wanted = readAttributes(interfaces, `set bridge ${name}`, attributes, bridge?.mac);
          const changes = { newName, attributes: wanted, bridge: readBridge(bridge) };
          return { interface: interfaceMessage(interfaces, await bridges.set(name, changes)) };
        }),
    }),
    fdbService(interfaces, fdb, unlearnt),
  );
  const ticking = setInterval(() => fdb.tick(), TICK_MS).unref();
  return { bridges, fdb, unlearnt, close: () => clearInterval(ticking) };
}

/** What is noted of stations is a matter of seconds. */
const TICK_MS = 1000;

function readBridge(message: Message | undefined): BridgeAttributes {
  const { ageingTime, flood, learn, neighSuppress } = message ?? {};
  return {
    ...(ageingTime === undefined ? {} : { ageingTime }),
    ...(flood === undefined ? {} : { flood }),
    ...(learn === undefined ? {} : { learn }),
    ...(neighSuppress === undefined ? {} : { neighSuppress }),
  };
}
