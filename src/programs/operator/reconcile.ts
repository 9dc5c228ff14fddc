import { isDeepStrictEqual } from 'node:util';
import type { NodeStatus } from '../../features/fabric/operator.ts';
import { keyOf, referenceTo } from '../../kube/object.ts';
import type { Listing, ObjectStore, StatusOf } from '../../kube/store.ts';
import { agentsWords, WithoutAgents } from './agents-word.ts';
import { type AnyObject, collectObjects } from './collect-objects.ts';
import { type Compiled, Compiler, changedNodes } from './compile.ts';
import type { NodePlanFiles } from './node-plans.ts';

/** What one round did. */
export interface Round {
  readonly plans: number;
  readonly changed: readonly string[];
  readonly complaints: readonly string[];
}

/**
 * Turns what a store holds into plans for agents, and writes into the objects' status what was chosen, what was refused,
 * and what the agents have made of it.
 */
export class Reconciler {
  readonly #store: ObjectStore<AnyObject>;
  readonly #plans: NodePlanFiles;
  readonly #statuses: () => readonly NodeStatus[];
  readonly #compiler = new Compiler();
  readonly #withoutAgents = new WithoutAgents();
  #before: Compiled | undefined;

  constructor(
    store: ObjectStore<AnyObject>,
    plans: NodePlanFiles,
    statuses: () => readonly NodeStatus[] = () => [],
  ) {
    this.#store = store;
    this.#plans = plans;
    this.#statuses = statuses;
  }

  /** Does what a listing asks for. What was chosen is kept before anybody acts upon it. */
  async round({ objects, faults }: Listing<AnyObject>): Promise<Round> {
    const compiled = this.#compiler.compile(collectObjects(this.#withoutAgents.of(objects)));
    await this.#writeStatus(objects, compiled);
    const changed =
      this.#before === undefined ? [...compiled.plans.keys()] : changedNodes(this.#before, compiled);
    for (const node of changed) {
      const plan = compiled.plans.get(node);
      if (plan !== undefined) await this.#plans.write(plan);
    }
    await this.#plans.keepOnly(compiled.plans);
    this.#before = compiled;
    const failures = [...compiled.failures].flatMap(([object, reasons]) =>
      reasons.map((reason) => `${object}: ${reason}`),
    );
    return {
      plans: compiled.plans.size,
      changed,
      complaints: [...faults.map(({ where, reason }) => `${where}: ${reason}`), ...failures],
    };
  }

  /** Nodes are Kubernetes' and attachments their agents' to write. */
  async #writeStatus(objects: readonly AnyObject[], compiled: Compiled): Promise<void> {
    const { records, failures, plans } = compiled;
    const { networks, subnets } = records;
    const words = agentsWords(this.#statuses(), plans);
    for (const object of objects) {
      if (object.kind === 'Node' || object.kind === 'Attachment') continue;
      const chosen = { VirtualNetwork: networks, Subnet: subnets, VRouter: undefined }[object.kind]?.get(
        keyOf(object),
      );
      const reasons = failures.get(referenceTo(object)) ?? [];
      const agents = words.get(referenceTo(object));
      await this.#writeOne(object, {
        ...chosen,
        ...(reasons.length > 0 && { reasons: [...reasons] }),
        ...(agents !== undefined && { agents }),
      });
    }
  }

  async #writeOne(object: StatusOf & { readonly status?: unknown }, status: object): Promise<void> {
    if (isDeepStrictEqual(object.status ?? {}, status)) return;
    await this.#store.writeStatus(object, status);
  }
}
