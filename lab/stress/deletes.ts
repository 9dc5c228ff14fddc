import { eventually } from '../eventually.ts';
import type { Host } from '../host.ts';
import type { Router } from '../router.ts';
import { type Api, type CallOutcome, isExplained, openApi, outcomeOf } from './api.ts';
import { Findings, type Outcome } from './outcome.ts';

/** Where things are deleted: a sender's port and a receiver's, each behind a veth pair that outlives its port. */
export interface DeletePlace {
  readonly router: Router;
  readonly from: Host;
  readonly to: Host;
}

/**
 * Deletes again and again what packets are using at that moment, three callers at once, and puts it back. Packets
 * must flow from one host to the other at the end of each round; every call that is refused has to say why.
 */
export async function stressDeletes(place: DeletePlace, rounds: number): Promise<Outcome> {
  const findings = new Findings();
  using api = openApi(place.router.socket);
  const deletes = new Deletes(place, api);
  for (let round = 0; round < rounds; round++) {
    for (const step of deletes.steps) {
      const outcomes = await Promise.all((await step.act()).map(outcomeOf));
      judge(findings, step.name, outcomes);
      await step.putBack?.();
    }
    await eventually(() => place.from.run(`ping -c 1 -W 1 ${place.to.ip4}`), { timeoutMs: 10_000 });
  }
  findings.note('rounds of deletes', rounds);
  findings.note('deletes', deletes.done);
  return findings;
}

function judge(findings: Findings, step: string, outcomes: readonly CallOutcome[]): void {
  for (const outcome of outcomes) {
    if (isExplained(outcome) || outcome.done) continue;
    findings.expect(false, `${step}: refused with ${outcome.code || 'no code'}: ${outcome.reason}`);
  }
  const done = outcomes.filter((outcome) => outcome.done).length;
  findings.expect(done > 0, `${step}: expected one of ${outcomes.length} callers to succeed, none did`);
}

interface Step {
  readonly name: string;
  /** Starts calls that go on at once. */
  act(): readonly Promise<unknown>[] | Promise<readonly Promise<unknown>[]>;
  putBack?(): Promise<unknown>;
}

class Deletes {
  done = 0;
  readonly #place: DeletePlace;
  readonly #api: Api;

  constructor(place: DeletePlace, api: Api) {
    this.#place = place;
    this.#api = api;
  }

  get steps(): readonly Step[] {
    const { from, to } = this.#place;
    const { interfaces, addresses, routes, nextHops } = this.#api;
    const route = { destination: `${to.ip4}/32` };
    return [
      {
        name: 'forget learnt neighbours',
        act: () => this.#thrice(() => nextHops.flushNexthops({ origin: 'learn' })),
      },
      {
        name: 'delete a route',
        act: async () => {
          await routes.addRoute({ ...route, nextHop: { case: 'address', value: to.ip4 } });
          return this.#thrice(() => routes.deleteRoute(route));
        },
      },
      {
        name: 'delete a next hop in use',
        act: async () => {
          await this.#useGroup();
          await refused(nextHops.deleteNexthop({ id: 90 }), 'EBUSY');
          await refused(nextHops.deleteNexthop({ id: 91 }), 'EBUSY');
          return [...this.#thrice(() => routes.deleteRoute(route)), this.#dropGroup()];
        },
      },
      {
        name: 'delete an address',
        act: () => this.#thrice(() => addresses.deleteAddress(addressOf(to))),
        putBack: () => addresses.addAddress(addressOf(to)),
      },
      {
        name: 'take an interface down',
        act: () => this.#thrice(() => interfaces.setInterface({ name: to.label, attributes: { up: false } })),
        putBack: () => interfaces.setInterface({ name: to.label, attributes: { up: true } }),
      },
      {
        name: 'delete the port that packets go to',
        act: () => this.#deletePort(to),
        putBack: () => this.#add(to),
      },
      {
        name: 'delete the port that packets come from',
        act: () => this.#deletePort(from),
        putBack: () => this.#add(from),
      },
      {
        name: 'delete a VRF',
        act: () => this.#deleteVrf(),
        putBack: () => Promise.all([this.#add(from), this.#add(to)]),
      },
    ];
  }

  /** Three callers want the same at once, and others use what goes away. */
  #deletePort({ label }: Host): readonly Promise<unknown>[] {
    const { interfaces, addresses, nextHops } = this.#api;
    return [
      ...this.#thrice(() => interfaces.deleteInterface({ name: label })),
      interfaces.setInterface({ name: label, attributes: { mtu: 1400 } }),
      addresses.addAddress({ iface: label, address: '10.99.0.1/24' }),
      nextHops.addNexthop({ id: 95, kind: { case: 'l3', value: { iface: label, address: '10.99.0.9' } } }),
      interfaces.deleteInterface({ name: label }),
    ];
  }

  async #deleteVrf(): Promise<readonly Promise<unknown>[]> {
    const { from, to } = this.#place;
    const { interfaces, vrfs, routes } = this.#api;
    await vrfs.addVrf({ name: 'doomed' });
    await Promise.all(
      [from, to].map(({ label }) => interfaces.setInterface({ name: label, attributes: { vrf: 'doomed' } })),
    );
    await routes.addRoute({
      destination: '10.98.0.0/16',
      vrf: 'doomed',
      nextHop: { case: 'address', value: to.ip4 },
    });
    await refused(interfaces.deleteInterface({ name: 'doomed' }), 'EBUSY');
    await Promise.all([from, to].map(({ label }) => interfaces.deleteInterface({ name: label })));
    return [
      ...this.#thrice(() => interfaces.deleteInterface({ name: 'doomed' })),
      routes.addRoute({
        destination: '10.97.0.0/16',
        vrf: 'doomed',
        nextHop: { case: 'address', value: to.ip4 },
      }),
    ];
  }

  async #useGroup(): Promise<void> {
    const { to } = this.#place;
    const { routes, nextHops } = this.#api;
    const station = { iface: to.label, address: `10.${to.plan.network}.0.77`, mac: to.mac };
    await nextHops.addNexthop({ id: 90, kind: { case: 'l3', value: station } });
    await nextHops.addNexthop({
      id: 91,
      kind: { case: 'group', value: { members: [{ id: 90, weight: 1 }] } },
    });
    await routes.addRoute({ destination: `${to.ip4}/32`, nextHop: { case: 'id', value: 91 } });
  }

  async #dropGroup(): Promise<void> {
    await this.#api.nextHops.deleteNexthop({ id: 91 });
    await this.#api.nextHops.deleteNexthop({ id: 90 });
  }

  async #add(host: Host): Promise<void> {
    const { ports, addresses } = this.#api;
    const devargs = `net_af_packet_${host.label},iface=v-${host.label}`;
    await ports.addPort({ name: host.label, devargs });
    await addresses.addAddress(addressOf(host));
  }

  #thrice(call: () => Promise<unknown>): readonly Promise<unknown>[] {
    this.done++;
    return [call(), call(), call()];
  }
}

function addressOf(host: Host) {
  return { iface: host.label, address: `${host.gateway4}/24` };
}

/** @throws Error when a call is not refused with a code */
async function refused(call: Promise<unknown>, code: string): Promise<void> {
  const outcome = await outcomeOf(call);
  if (outcome.done || outcome.code !== code)
    throw new Error(`expected a refusal with ${code}, got ${JSON.stringify(outcome)}`);
}
