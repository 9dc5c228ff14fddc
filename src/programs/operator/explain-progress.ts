import type { NodeStatus } from '../../features/fabric/operator.ts';
import { type KubeObject, referenceTo } from '../../kube/object.ts';
import { indent } from './named.ts';

type Progress = NodeStatus['objects'][string];

/** Says what the agent of a node has made of its plan, by object. */
export function progressOfNode(statuses: readonly NodeStatus[], name: string): readonly string[] {
  return statuses
    .filter(({ node }) => node === name)
    .flatMap(({ objects }) =>
      Object.entries(objects).flatMap(([object, progress]) => lines(object, progress)),
    );
}

/** Says what the agents of all nodes have made of an object. */
export function progressOf(
  statuses: readonly NodeStatus[],
  object: Pick<KubeObject, 'kind' | 'metadata'>,
): readonly string[] {
  return statuses.flatMap(({ node, objects }) => {
    const progress = objects[referenceTo(object)];
    return progress === undefined ? [] : lines(`on ${node}`, progress);
  });
}

function lines(what: string, { state, since, reasons }: Progress): readonly string[] {
  const reached = state === 'ready' ? 'as planned' : 'not as planned';
  return [`${what}: ${reached} since ${since}`, ...indent(reasons)];
}
