import { startApplication } from './application.ts';
import { ApplicationImages } from './application-images.ts';
import { attach } from './attach.ts';
import { addContainer } from './container.ts';
import { makeShare, shareOfEach } from './cpu-share.ts';
import type { NodePlace, Place } from './place.ts';
import type { AttachedPod, Recorder } from './record.ts';
import { startRuntime } from './runtime.ts';
import type { PlannedPod, Topology } from './topology.ts';

/** Adds all pods, on all nodes at once, and starts what runs in them. */
export async function addPods(place: Place, recorder: Recorder): Promise<void> {
  const { topology } = recorder.record;
  const nodes = topology.underlay.map(({ node }) => place.node(node));
  const images = new ApplicationImages(place.directory);
  const add = (node: NodePlace) => addPodsOf({ node, place, recorder, images });
  const pods = (await Promise.all(nodes.map(add))).flat();
  recorder.note({ pods });
  if (topology.runtime === 'namespaces') makeShare(topology.name);
  await Promise.all(topology.pods.map((pod) => startProgram(pod, place, recorder)));
}

interface NodeToFill {
  readonly node: NodePlace;
  readonly place: Place;
  readonly recorder: Recorder;
  readonly images: ApplicationImages;
}

/** One after the other, so that each gets the same addresses every time. */
async function addPodsOf(options: NodeToFill): Promise<readonly AttachedPod[]> {
  const { topology } = options.recorder.record;
  const add = await waysToAdd[topology.runtime](options);
  const added = [];
  for (const pod of topology.pods) if (pod.node === options.node.name) added.push(await add(pod));
  return added;
}

type AddPod = (pod: PlannedPod) => Promise<AttachedPod>;

/** What pods are: real containers, or bare network namespaces, which start faster. */
const waysToAdd: Readonly<Record<Topology['runtime'], (options: NodeToFill) => Promise<AddPod>>> = {
  async containerd({ node, recorder, images }) {
    const applications = recorder.record.topology.pods.filter(({ testpmd }) => testpmd !== undefined);
    for (const pod of applications) images.prepare(pod);
    const directory = await startRuntime(node, recorder);
    const special = { user: unprivileged, cpu: shareOfEach(applications.length) };
    return async (pod) => {
      if (!applications.includes(pod)) return addContainer(pod, { node, directory });
      return addContainer(pod, { node, directory, ...special, image: await images.import(pod, directory) });
    };
  },

  async namespaces({ node, place }) {
    return async ({ name, interfaces }) => {
      const namespace = place.namespace(name);
      const attached = [];
      for (const wanted of interfaces) attached.push(await attach(node, { ...wanted, pod: name, namespace }));
      return { name, node: node.name, namespace, interfaces: attached };
    };
  },
};

/** The user of containers with an application: it needs no privilege. */
const unprivileged = 1000;

async function startProgram(
  { name, node, testpmd }: PlannedPod,
  place: Place,
  recorder: Recorder,
): Promise<void> {
  const pod = recorder.record.pods.find((each) => each.name === name);
  if (pod !== undefined && testpmd !== undefined)
    await startApplication(pod, { mode: testpmd, node: place.node(node), recorder });
}
