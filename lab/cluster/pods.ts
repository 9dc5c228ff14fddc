import { startApplication } from './application.ts';
import { attach } from './attach.ts';
import { addContainer } from './container.ts';
import { makeShare } from './cpu-share.ts';
import type { NodePlace, Place } from './place.ts';
import type { AttachedPod, Recorder } from './record.ts';
import { startRuntime } from './runtime.ts';
import type { PlannedPod, Topology } from './topology.ts';

/** Adds all pods, on all nodes at once, and starts what runs in them. */
export async function addPods(place: Place, recorder: Recorder): Promise<void> {
  const { topology } = recorder.record;
  const nodes = topology.underlay.map(({ node }) => place.node(node));
  const pods = (await Promise.all(nodes.map((node) => addPodsOf(node, place, recorder)))).flat();
  recorder.note({ pods });
  makeShare(topology.name);
  await Promise.all(topology.pods.map((pod) => startProgram(pod, place, recorder)));
}

/** One after the other, so that each gets the same addresses every time. */
async function addPodsOf(node: NodePlace, place: Place, recorder: Recorder): Promise<readonly AttachedPod[]> {
  const { topology } = recorder.record;
  const add = await waysToAdd[topology.runtime](node, place, recorder);
  const added = [];
  for (const pod of topology.pods) if (pod.node === node.name) added.push(await add(pod));
  return added;
}

type AddPod = (pod: PlannedPod) => Promise<AttachedPod>;
type WayToAdd = (node: NodePlace, place: Place, recorder: Recorder) => Promise<AddPod>;

/** What pods are: real containers, or bare network namespaces, which start faster. */
const waysToAdd: Readonly<Record<Topology['runtime'], WayToAdd>> = {
  async containerd(node, _, recorder) {
    const directory = await startRuntime(node, recorder);
    return (pod) => addContainer(node, pod, directory);
  },

  async namespaces(node, place) {
    return async ({ name, interfaces }) => {
      const namespace = place.namespace(name);
      const attached = [];
      for (const wanted of interfaces) attached.push(await attach(node, { ...wanted, pod: name, namespace }));
      return { name, node: node.name, namespace, interfaces: attached };
    };
  },
};

async function startProgram(
  { name, node, testpmd }: PlannedPod,
  place: Place,
  recorder: Recorder,
): Promise<void> {
  const pod = recorder.record.pods.find((each) => each.name === name);
  if (pod !== undefined && testpmd !== undefined)
    await startApplication(pod, { mode: testpmd, node: place.node(node), recorder });
}
