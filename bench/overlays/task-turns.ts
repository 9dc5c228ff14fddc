import type { Peer } from '../peer.ts';
import { ovsDoing } from '../peers/ovs-switch.ts';
import { forwardingRouter, type Router } from '../peers/router.ts';
import type { Turn } from '../turns.ts';
import { proven } from './proof.ts';
import type { Task } from './task.ts';
import { taskScript } from './task-script.ts';

/** A router at a task, by its own name or by that of the task. */
export function turnAt(task: Task, router: Router, name = router.name): Turn {
  return turn(
    name,
    forwardingRouter(router, (devices) => taskScript(task, devices)),
    task,
  );
}

/** Several routers and Open vSwitch at a task that all of them can do. */
export function turnsAt(task: Task, routers: readonly Router[]): readonly Turn[] {
  const turns = routers.map((router) => turnAt(task, router));
  if (task.openVSwitch === undefined) return turns;
  const openVSwitch = ovsDoing('its bridges and tunnels', task.openVSwitch);
  return [...turns, turn(openVSwitch.name, openVSwitch, task)];
}

function turn(name: string, peer: Peer, task: Task): Turn {
  return { name, peer: proven(task, peer), workload: { routes: [], frames: task.frames } };
}
