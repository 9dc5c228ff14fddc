import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodePlan } from '../../src/features/plan/index.ts';
import type { Command } from '../command.ts';
import { eventually } from '../eventually.ts';
import { millrace } from '../router.ts';
import { type BackgroundProcess, logged, startInBackground } from './background.ts';
import { inside } from './inside.ts';
import type { NodePlace, Place } from './place.ts';
import type { Recorder } from './record.ts';

/** Starts the operator, which makes plans of the lab's objects from now on. */
export function startOperator(place: Place, recorder: Recorder): BackgroundProcess {
  const folders = ['--objects', place.objects, '--plans', place.plans, '--statuses', place.statuses];
  const words = ['operator', ...folders];
  const log = join(place.directory, 'operator.log');
  return recorder.started(
    startInBackground(inside(place.underlay, [millrace, ...words]), { name: 'operator', log }),
  );
}

/** Starts a node's router as its plan says, then its agent, and waits until pods can be attached. */
export async function startNode(node: NodePlace, recorder: Recorder): Promise<void> {
  mkdirSync(node.directory, { recursive: true, mode: 0o711 });
  const plan = await planOf(node);
  const start = (name: string, command: readonly string[]) =>
    recorder.started(
      startInBackground(inside(node.namespace, command), {
        name: `${name} of ${node.name}`,
        log: join(node.directory, `${name}.log`),
      }),
    );
  const { buffers } = recorder.record.topology;
  await logged(start('vrouter', routerCommand(node, plan, buffers)), /the router is ready/);
  await logged(start('agent', agentCommand(node)), /the router is as the ledger says/);
}

/** The plan that the operator has written, as soon as there is one. */
function planOf({ plan }: NodePlace): Promise<NodePlan> {
  return eventually(() => {
    if (!existsSync(plan)) throw new Error(`expected a plan of the operator in ${plan}, there is none`);
    return JSON.parse(readFileSync(plan, 'utf8'));
  });
}

/** `millrace vrouter` with what the VRouter object says. */
function routerCommand({ routerSocket }: NodePlace, { vrouter }: NodePlan, buffers: number): Command {
  const { datapathCpus, controlCpus, ealArguments, hugepages } = vrouter;
  const cpus = [
    ...(datapathCpus.length > 0 ? ['--datapath-cpus', datapathCpus.join()] : []),
    ...(controlCpus.length > 0 ? ['--control-cpus', controlCpus.join()] : []),
  ];
  const memory = hugepages === undefined ? [] : ['-m', String(megabytes(hugepages))];
  const words = ['-s', routerSocket, '--buffers', String(buffers), ...cpus, '--', ...memory, ...ealArguments];
  return [millrace, 'vrouter', ...words];
}

function megabytes({ size, count }: { readonly size: string; readonly count: number }): number {
  return count * (size === '1Gi' ? 1024 : 2);
}

function agentCommand({ plan, statuses, agentSocket, state, pods, routerSocket }: NodePlace): Command {
  const own = [
    '--plan',
    plan,
    '--status',
    statuses,
    '--socket',
    agentSocket,
    '--state',
    state,
    '--pods',
    pods,
  ];
  return [millrace, 'agent', ...own, '--router', routerSocket];
}
