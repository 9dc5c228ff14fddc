import { type NodeStatus, readNodeStatuses } from '../../features/fabric/operator.ts';
import type { Objects } from '../../features/plan/index.ts';
import { DirectoryStore } from '../../kube/directory-store.ts';
import type { Fault } from '../../kube/store.ts';
import { type AnyObject, collectObjects } from './collect-objects.ts';
import { type Compiled, compile } from './compile.ts';
import { readObject } from './read-object.ts';

/** The objects of a directory and what they come to. */
export interface Cluster {
  readonly objects: Objects;
  readonly compiled: Compiled;
  readonly faults: readonly Fault[];
  /** What agents say they have made of their plans. */
  readonly statuses: readonly NodeStatus[];
}

/** Reads and compiles a directory of objects, and what agents say in another. @throws Error when there is no such directory */
export async function loadCluster(directory: string, statuses?: string): Promise<Cluster> {
  const store = new DirectoryStore<AnyObject>(directory, readObject);
  const { objects: all, faults } = await store.list();
  const objects = collectObjects(all);
  return {
    objects,
    compiled: compile(objects),
    faults,
    statuses: statuses === undefined ? [] : readNodeStatuses(statuses),
  };
}

/** Says what could not be honoured, one reason a line: first what is no object, then objects. */
export function complaintsOf({ compiled, faults }: Cluster): readonly string[] {
  return [
    ...faults.map(({ where, reason }) => `${where}: ${reason}`),
    ...[...compiled.failures].flatMap(([object, reasons]) => reasons.map((reason) => `${object}: ${reason}`)),
  ];
}
