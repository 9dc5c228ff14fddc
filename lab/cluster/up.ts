import { cpSync } from 'node:fs';
import { LabError } from '../lab-error.ts';
import { startNode, startOperator } from './node.ts';
import { addOutside, routeToPods } from './outside.ts';
import { type NodePlace, Place } from './place.ts';
import { addPods } from './pods.ts';
import { type LabRecord, Recorder } from './record.ts';
import type { Topology } from './topology.ts';
import { addNamespaces, buildUnderlay } from './underlay.ts';

/** Builds a lab that goes on when we end, and tells of each step. @throws LabError */
export async function bringUp(topology: Topology, tell: (step: string) => void): Promise<LabRecord> {
  const place = new Place(topology.name);
  if (place.exists) {
    const expected = `expected no lab ${place.lab}, there is one: millrace lab down ${place.lab}`;
    throw new LabError('LAB_UP', expected);
  }
  const recorder = new Recorder(place, topology);
  const nodes = topology.underlay.map(({ node }) => place.node(node));
  tell(`${nodes.length} nodes, and an underlay that routes between them`);
  await buildNetwork(place, nodes, recorder);
  tell(
    `the operator, and on each node a router, an agent${topology.runtime === 'containerd' ? ' and containerd' : ''}`,
  );
  await startPrograms(place, nodes, recorder);
  tell(`${topology.pods.length} pods`);
  await addPods(place, recorder);
  recorder.note({ ready: true });
  return recorder.record;
}

async function buildNetwork(place: Place, nodes: readonly NodePlace[], recorder: Recorder): Promise<void> {
  const { outside, underlay, pods, runtime } = recorder.record.topology;
  const namespaces = [
    place.underlay,
    ...(outside === undefined ? [] : [place.outside]),
    ...nodes.map(({ namespace }) => namespace),
    ...(runtime === 'containerd' ? [] : pods.map(({ name }) => place.namespace(name))),
  ];
  recorder.note({ namespaces });
  await addNamespaces(namespaces);
  await buildUnderlay(place, underlay);
  if (outside !== undefined) await addOutside(place, outside);
}

async function startPrograms(place: Place, nodes: readonly NodePlace[], recorder: Recorder): Promise<void> {
  const { objects } = recorder.record.topology;
  cpSync(objects, place.objects, { recursive: true, filter: (file) => !file.endsWith('.status') });
  startOperator(place, recorder);
  await Promise.all(nodes.map((node) => startNode(node, recorder)));
  await routeToPods(place, nodes);
}
