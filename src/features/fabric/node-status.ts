import { isDeepStrictEqual } from 'node:util';
import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';
import type { Failure } from './apply.ts';
import type { RouterPlan } from './router-plan.ts';

const progress = Type.Object({
  state: Type.Enum(['ready', 'failed'], { description: 'Whether the router is as planned.' }),
  since: Type.String({ description: 'When it came to this state, as RFC 3339 has it.' }),
  reasons: Type.Array(Type.String(), { description: 'What could not be done, and why.' }),
});

export const nodeStatusSchema = Type.Object({
  node: Type.String(),
  objects: Type.Record(Type.String(), progress, {
    description: 'By KIND NAMESPACE/NAME: the VRouter of the node, and its networks.',
  }),
});

/** How far an agent is with the plan of its node, by object. */
export type NodeStatus = Immutable<Static<typeof nodeStatusSchema>>;

/** Says what became of a plan; what is as it was before keeps its time. */
export function nodeStatus(
  { node, vrouter, networks }: Pick<RouterPlan, 'node' | 'vrouter' | 'networks'>,
  failures: readonly Failure[],
  { before, now }: { readonly before: NodeStatus | undefined; readonly now: Date },
): NodeStatus {
  const router = `VRouter ${vrouter.object}`;
  const byObject = Map.groupBy(failures, ({ of = router }) => of);
  const names = [router, ...networks.map(({ name }) => `VirtualNetwork ${name}`)];
  const objects = names.map((name) => {
    const reasons = (byObject.get(name) ?? []).map(({ line, reason }) => `${line}: ${reason}`);
    const state = reasons.length === 0 ? 'ready' : 'failed';
    const known = before?.objects[name];
    const isSame = known?.state === state && isDeepStrictEqual(known.reasons, reasons);
    return [name, { state, since: isSame ? known.since : now.toISOString(), reasons }] as const;
  });
  return { node, objects: Object.fromEntries(objects) };
}
