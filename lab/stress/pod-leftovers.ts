import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ledger } from '../../src/features/pod/ledger.ts';
import { type Agent, devicesIn } from '../agent.ts';
import type { Router } from '../router.ts';
import { Findings, type Outcome } from './outcome.ts';

/** So many pods with a veth in network red are left: whatever else is there has leaked. It ends the agent. */
export async function podLeftovers(router: Router, agent: Agent, pods: number): Promise<Outcome> {
  const findings = new Findings();
  const is = (what: string, count: number, expected: number) =>
    findings.expect(count === expected, `expected ${expected} ${what}, got ${count}`);
  const named = (list: readonly object[]) =>
    list.filter((each) => /"(name|iface)":"pod\d+"/.test(JSON.stringify(each)));
  is('interfaces of the router', named(await router.list('interface show')).length, pods);
  const routes = await router.list('route show vrf red');
  is('routes to pods', routes.filter(({ destination }) => isPodRoute(String(destination))).length, 2 * pods);
  is('host ends', (await devicesIn(router.namespace)).filter((name) => /^mr-pod\d/.test(name)).length, pods);
  is('directories of sockets', existsSync(agent.pods) ? readdirSync(agent.pods).length : 0, 0);
  await agent.close();
  const ledger = new Ledger(join(agent.state, 'ledger.sqlite'));
  is('attachments in the ledger', ledger.all.length, pods);
  is('ready ones', ledger.all.filter(({ state }) => state === 'ready').length, pods);
  ledger.close();
  return findings;
}

/** A route to one address, but not that of the gateway. */
function isPodRoute(destination: string): boolean {
  return /^10\.244\.(?!0\.1\/).*\/32$|^fd00:244:(?!:1\/).*\/128$/.test(destination);
}
