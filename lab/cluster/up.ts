import { cpSync } from 'node:fs';
import { LabError } from '../lab-error.ts';
import { startApplication } from './application.ts';
import { attach } from './attach.ts';
import { makeShare } from './cpu-share.ts';
import { startNode, startOperator } from './node.ts';
import { addOutside, routeToPods } from './outside.ts';
import { Place } from './place.ts';
import { type AttachedPod, type LabRecord, Recorder } from './record.ts';
import type { PlannedPod, Topology } from './topology.ts';
import { addNamespaces, buildUnderlay } from './underlay.ts';

/** Builds a lab that goes on when we end, and tells of each step. @throws LabError */
export async function bringUp(topology: Topology, tell: (step: string) => void): Promise<LabRecord> {
  const place = new Place(topology.name);
  if (place.exists)
    throw new LabError(
      'LAB_UP',
      `expected no lab ${place.lab}, there is one: millrace lab down ${place.lab}`,
    );
  const recorder = new Recorder(place, topology);
  const nodes = topology.underlay.map(({ node }) => place.node(node));

  tell(`${nodes.length} nodes, and an underlay that routes between them`);
  const behind = topology.outside === undefined ? [] : [place.outside];
  const hosts = [place.underlay, ...behind, ...nodes.map(({ namespace }) => namespace)];
  const namespaces = [...hosts, ...topology.pods.map(({ name }) => place.namespace(name))];
  recorder.note({ namespaces });
  await addNamespaces(namespaces);
  await buildUnderlay(place, topology.underlay);
  if (topology.outside !== undefined) await addOutside(place, topology.outside);

  tell('the operator, and on each node a router and an agent');
  cpSync(topology.objects, place.objects, { recursive: true, filter: (file) => !file.endsWith('.status') });
  startOperator(place, recorder);
  await Promise.all(nodes.map((node) => startNode(node, recorder)));
  await routeToPods(place, nodes);

  tell(`${topology.pods.length} pods`);
  const pods = (await Promise.all(nodes.map(({ name }) => addPodsOf(name, place, topology)))).flat();
  recorder.note({ pods });
  makeShare(topology.name);
  await Promise.all(topology.pods.map((pod) => startProgram(pod, place, recorder)));
  recorder.note({ ready: true });
  return recorder.record;
}

/** One after the other, so that each gets the same addresses every time. */
async function addPodsOf(node: string, place: Place, { pods }: Topology): Promise<readonly AttachedPod[]> {
  const added = [];
  for (const pod of pods) if (pod.node === node) added.push(await addPod(place, pod));
  return added;
}

async function addPod(place: Place, { name, node, interfaces }: PlannedPod): Promise<AttachedPod> {
  const namespace = place.namespace(name);
  const attached = [];
  for (const wanted of interfaces)
    attached.push(await attach(place.node(node), { ...wanted, pod: name, namespace }));
  return { name, node, namespace, interfaces: attached };
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
