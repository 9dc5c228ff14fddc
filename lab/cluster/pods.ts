import { run } from '../command.ts';
import { type DpdkImage, dpdkImageOfHost } from '../containerd/dpdk-image.ts';
import { startApplication } from './application.ts';
import { attach } from './attach.ts';
import { addContainer, type ContainerPlace } from './container.ts';
import { makeShare, shareOfEach } from './cpu-share.ts';
import type { NodePlace, Place } from './place.ts';
import type { AttachedPod, Recorder } from './record.ts';
import { hostIn, startRuntime } from './runtime.ts';
import type { PlannedPod, Topology } from './topology.ts';

/** Adds all pods, on all nodes at once, and starts what runs in them. */
export async function addPods(place: Place, recorder: Recorder): Promise<void> {
  const { topology } = recorder.record;
  const nodes = topology.underlay.map(({ node }) => place.node(node));
  const image = hasContainers(topology) ? dpdkImageOfHost(place.directory) : undefined;
  const add = (node: NodePlace) => addPodsOf({ node, place, recorder, image });
  const pods = (await Promise.all(nodes.map(add))).flat();
  recorder.note({ pods });
  if (topology.runtime === 'namespaces') makeShare(topology.name);
  await Promise.all(topology.pods.map((pod) => startProgram(pod, place, recorder)));
}

interface NodeToFill {
  readonly node: NodePlace;
  readonly place: Place;
  readonly recorder: Recorder;
  /** Of pods with testpmd, where pods are containers. */
  readonly image: Promise<DpdkImage> | undefined;
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
  async containerd({ node, recorder, image }) {
    const { topology } = recorder.record;
    const directory = await startRuntime(node, recorder);
    const applications = topology.pods.filter(isApplication);
    const isHere = applications.some((pod) => pod.node === node.name);
    const own = { user: unprivileged, cpu: shareOfEach(applications.length) };
    const special = isHere ? { ...own, image: await imported(image, directory) } : {};
    return (pod) => addContainer(pod, { node, directory, ...(isApplication(pod) && special) });
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

function hasContainers({ runtime, pods }: Topology): boolean {
  return runtime === 'containerd' && pods.some(isApplication);
}

function isApplication({ testpmd }: PlannedPod): boolean {
  return testpmd !== undefined;
}

/** Gives an image to the containerd in a directory, and resolves to its name there. */
async function imported(
  image: Promise<DpdkImage> | undefined,
  directory: string,
): Promise<ContainerPlace['image']> {
  if (image === undefined) return undefined;
  const { name, file } = await image;
  await run(hostIn(directory).ctl('images', 'import', file));
  return name;
}

async function startProgram(
  { name, node, testpmd }: PlannedPod,
  place: Place,
  recorder: Recorder,
): Promise<void> {
  const pod = recorder.record.pods.find((each) => each.name === name);
  if (pod !== undefined && testpmd !== undefined)
    await startApplication(pod, { mode: testpmd, node: place.node(node), recorder });
}
