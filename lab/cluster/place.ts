import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../lab-error.ts';

/** Where labs keep what they have built, one directory each. */
const root = '/run/millrace/lab';

/** Where a lab has its files, and what its namespaces are called. */
export class Place {
  readonly lab: string;
  readonly directory: string;

  constructor(lab: string) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(lab))
      throw new LabError('LAB_NAME', `expected a name such as three-nodes for the lab, got "${lab}"`);
    this.lab = lab;
    this.directory = join(root, lab);
  }

  get exists(): boolean {
    return existsSync(this.directory);
  }

  get record(): string {
    return join(this.directory, 'lab.json');
  }

  /** A copy of the objects: their status is written beside them. */
  get objects(): string {
    return join(this.directory, 'objects');
  }

  get plans(): string {
    return join(this.directory, 'plans');
  }

  /** What agents have made of their plans: the operator puts it into the objects' status. */
  get statuses(): string {
    return join(this.directory, 'statuses');
  }

  node(name: string): NodePlace {
    const directory = join(this.directory, name);
    return {
      name,
      namespace: this.namespace(name),
      directory,
      plan: join(this.plans, `${name}.json`),
      statuses: this.statuses,
      state: join(directory, 'state'),
      routerSocket: join(directory, 'vrouter.sock'),
      agentSocket: join(directory, 'agent.sock'),
      pods: join(directory, 'pods'),
    };
  }

  get underlay(): string {
    return this.namespace('underlay');
  }

  get outside(): string {
    return this.namespace('outside');
  }

  /** Of a node, of the underlay, or of a pod: NAMESPACE/NAME. */
  namespace(of: string): string {
    return `millrace-${this.lab}.${of.replace('/', '.')}`;
  }
}

/** Where a node of a lab has its files. */
export interface NodePlace {
  readonly name: string;
  readonly namespace: string;
  readonly directory: string;
  readonly plan: string;
  /** Where its agent says what became of the plan. */
  readonly statuses: string;
  readonly state: string;
  readonly routerSocket: string;
  readonly agentSocket: string;
  readonly pods: string;
}

/** The labs of this machine. */
export function allPlaces(): readonly Place[] {
  return existsSync(root)
    ? readdirSync(root)
        .sort()
        .map((lab) => new Place(lab))
    : [];
}

/** The lab of a name or, without one, the only one. @throws LabError */
export function findPlace(name: string | undefined): Place {
  const places = allPlaces();
  const found =
    name === undefined && places.length === 1 ? places[0] : places.find(({ lab }) => lab === name);
  if (found !== undefined) return found;
  const have = places.map(({ lab }) => lab).join(', ') || 'none: start one with millrace lab up';
  throw new LabError('LAB_UNKNOWN', `expected ${name ?? 'one lab, or its name by --lab'}, got ${have}`);
}
