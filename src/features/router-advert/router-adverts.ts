import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { addressBits } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import { formatPrefix, networkOf, type Prefix } from '../../net/prefix.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import { type AdvertisedPrefix, type Advertisement, advertisementFrame } from './advertisement.ts';
import { begin, renewed, type Schedule, sent, solicited } from './schedule.ts';

/** How a router announces itself on an interface. */
export interface AdvertSettings {
  /** Seconds between two advertisements at most, and that hosts use the router after one. */
  readonly intervalS: number;
  readonly lifetimeS: number;
}

/** An interface that announces the router. */
export interface Advertiser extends AdvertSettings {
  readonly iface: number;
  readonly schedule: Schedule;
  /** Networks that are no more, which hosts are told of for a while. */
  readonly withdrawn: readonly Prefix[];
  readonly sent: number;
  readonly solicited: number;
}

/** What announcing needs. */
export interface RouterAdvertNeeds {
  readonly router: Pick<Router, 'tables' | 'send' | 'emit' | 'quiet' | 'onPunt'>;
  readonly interfaces: Pick<Interfaces, 'find' | 'listen'>;
  readonly addresses: Pick<Addresses, 'of' | 'listen'>;
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** The interfaces that announce the router to their links: the one writer of the table that their stage reads. */
export class RouterAdverts {
  readonly #needs: RouterAdvertNeeds;
  readonly #table: Table;
  readonly #byInterface = new Map<number, Advertiser>();

  constructor(needs: RouterAdvertNeeds) {
    this.#needs = needs;
    this.#table = needs.router.tables<Table>(['setAdvertising']);
    needs.router.onPunt('router-solicitation', ({ iface }) => this.#asked(iface));
    needs.addresses.listen({
      added: ({ iface, prefix }) => this.#gained(iface, prefix),
      removed: ({ iface, prefix }) => this.#lost(iface, prefix),
    });
    needs.interfaces.listen({
      changed: (before, after) => this.#follow(before, after),
      removing: (iface) => this.#leave(iface),
    });
  }

  /** How all of it is written again for a build that has the table elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['ROUTER_ADVERTS'],
      write: () => {
        for (const id of this.#byInterface.keys()) this.#table.setAdvertising(id, 1);
      },
    };
  }

  /** All that announce, by their interfaces' ids. */
  get list(): readonly Advertiser[] {
    return [...this.#byInterface.values()].sort((a, b) => a.iface - b.iface);
  }

  /** Announces the router on an interface, from now on or in another way. @throws ApiError EINVAL, ERANGE */
  set(iface: Interface, wanted: Partial<AdvertSettings>): Advertiser {
    const doing = `announce the router on ${iface.name}`;
    const settings = completed(doing, wanted);
    if (iface.outputStage === undefined || iface.access) {
      const received = iface.access ? 'an access link' : `a ${iface.type}`;
      throw new ApiError('EINVAL', { doing, expected: 'an interface with a link of hosts', received });
    }
    const before = this.#byInterface.get(iface.id);
    const schedule = begin(this.#needs.nowMs());
    const kept = { sent: 0, solicited: 0, withdrawn: [], ...before };
    const advertiser = { ...kept, ...settings, iface: iface.id, schedule };
    this.#byInterface.set(iface.id, advertiser);
    this.#table.setAdvertising(iface.id, 1);
    const { intervalS, lifetimeS } = settings;
    const text = `iface=${iface.name} interval=${intervalS} lifetime=${lifetimeS}`;
    this.#needs.router.emit({ type: 'ra set', text });
    return advertiser;
  }

  /** Takes the router back from an interface's hosts. @throws ApiError ENOENT */
  clear(iface: Interface): void {
    const advertiser = this.#byInterface.get(iface.id);
    if (!advertiser) {
      const doing = `stop announcing the router on ${iface.name}`;
      const received = 'one that does not';
      throw new ApiError('ENOENT', { doing, expected: 'an interface that announces it', received });
    }
    this.#forget(iface, advertiser);
  }

  /** Networks that an interface tells its hosts of. */
  prefixesOf(iface: number): readonly Prefix[] {
    const networks = this.#needs.addresses.of(iface).filter(isForHosts).map(networkOf);
    const byText = new Map(networks.map((network) => [formatPrefix(network), network]));
    return [...byText.values()];
  }

  /** Tells whether an interface can announce now. */
  isActive(iface: Interface): boolean {
    return iface.up && iface.running && iface.domain === 0 && this.#sourceOf(iface) !== undefined;
  }

  /** Sends what is due. */
  tick(): void {
    const now = this.#needs.nowMs();
    for (const advertiser of this.#byInterface.values()) {
      if (advertiser.schedule.dueMs <= now) this.#send(advertiser, now);
    }
  }

  /** Takes the router back from all hosts, and waits until that has left. */
  async close(): Promise<void> {
    if (this.#byInterface.size === 0) return;
    for (const advertiser of this.list) {
      const iface = this.#needs.interfaces.find(advertiser.iface);
      if (iface) this.#sayGoodbye(iface);
    }
    this.#byInterface.clear();
    await this.#left();
  }

  #asked(id: number): void {
    const advertiser = this.#byInterface.get(id);
    if (!advertiser) return;
    const { nowMs, random } = this.#needs;
    const schedule = solicited(advertiser.schedule, nowMs(), random());
    this.#byInterface.set(id, { ...advertiser, schedule, solicited: advertiser.solicited + 1 });
  }

  #gained(id: number, prefix: Prefix): void {
    const advertiser = this.#byInterface.get(id);
    if (!advertiser || !isForHosts(prefix)) return;
    const network = formatPrefix(networkOf(prefix));
    const withdrawn = advertiser.withdrawn.filter((each) => formatPrefix(each) !== network);
    this.#renew({ ...advertiser, withdrawn });
  }

  #lost(id: number, prefix: Prefix): void {
    const advertiser = this.#byInterface.get(id);
    if (!advertiser || !isForHosts(prefix)) return;
    this.#renew({ ...advertiser, withdrawn: [...advertiser.withdrawn, networkOf(prefix)] });
  }

  /** Hosts of a link that comes up, or that has another MTU or router address, are told at once. */
  #follow(before: Interface, after: Interface): void {
    const advertiser = this.#byInterface.get(after.id);
    if (!advertiser) return;
    const came = after.up && after.running && !(before.up && before.running);
    const other = before.mtu !== after.mtu || before.mac.value !== after.mac.value;
    if (came || other) this.#renew(advertiser);
  }

  #renew(advertiser: Advertiser): void {
    const schedule = renewed(advertiser.schedule, this.#needs.nowMs());
    this.#byInterface.set(advertiser.iface, { ...advertiser, schedule });
  }

  async #leave(iface: Interface): Promise<void> {
    const advertiser = this.#byInterface.get(iface.id);
    if (!advertiser) return;
    this.#forget(iface, advertiser);
    await this.#left();
  }

  #forget(iface: Interface, { iface: id }: Advertiser): void {
    this.#byInterface.delete(id);
    this.#table.setAdvertising(id, 0);
    this.#sayGoodbye(iface);
    this.#needs.router.emit({ type: 'ra clear', text: `iface=${iface.name}` });
  }

  #send(advertiser: Advertiser, now: number): void {
    const { intervalS, lifetimeS } = advertiser;
    const schedule = sent(advertiser.schedule, now, intervalS, this.#needs.random());
    const iface = this.#needs.interfaces.find(advertiser.iface);
    const said = iface !== undefined && this.#say(iface, { lifetimeS, prefixes: this.#told(advertiser) });
    this.#byInterface.set(advertiser.iface, {
      ...advertiser,
      schedule,
      sent: advertiser.sent + (said ? 1 : 0),
      withdrawn: schedule.eager > 0 ? advertiser.withdrawn : [],
    });
  }

  /** Networks of now, and those that are no more: addresses in them begin no new conversations (RFC 4862 5.5.4). */
  #told({ iface, withdrawn }: Advertiser): readonly AdvertisedPrefix[] {
    const networks = this.prefixesOf(iface);
    const present = new Set(networks.map(formatPrefix));
    const gone = withdrawn.filter((prefix) => !present.has(formatPrefix(prefix)));
    return [
      ...networks.map((prefix) => ({ prefix, validS: VALID_S, preferredS: PREFERRED_S })),
      ...gone.map((prefix) => ({ prefix, validS: 0, preferredS: 0 })),
    ];
  }

  #sayGoodbye(iface: Interface): void {
    this.#say(iface, { lifetimeS: 0, prefixes: [] });
  }

  #say(iface: Interface, said: Pick<Advertisement, 'lifetimeS' | 'prefixes'>): boolean {
    const source = this.#sourceOf(iface);
    if (!source || !this.isActive(iface)) return false;
    const frame = advertisementFrame({ ...said, mac: iface.mac, mtu: iface.mtu, source });
    return this.#needs.router.send(frame, 'frame-output', { output: iface.id, vrf: iface.vrf });
  }

  #sourceOf(iface: Interface) {
    return this.#needs.addresses.of(iface.id).find((prefix) => isLinkLocal6(prefix))?.address;
  }

  /** A packet that was injected before the first quiet point has been handled before the second. */
  async #left(): Promise<void> {
    await this.#needs.router.quiet();
    await this.#needs.router.quiet();
  }
}

/** Defaults of RFC 4861 6.2.1. */
const INTERVAL_S = 600;
const LIFETIMES = 3;
const VALID_S = 2_592_000;
const PREFERRED_S = 604_800;
const [LEAST_INTERVAL_S, MOST_INTERVAL_S, MOST_LIFETIME_S] = [4, 1800, 9000];

interface Table {
  setAdvertising(iface: number, on: number): void;
}

/** Fills in what was not said. @throws ApiError ERANGE */
function completed(doing: string, wanted: Partial<AdvertSettings>): AdvertSettings {
  const { intervalS = INTERVAL_S } = wanted;
  if (intervalS < LEAST_INTERVAL_S || intervalS > MOST_INTERVAL_S) {
    const expected = `an interval of ${LEAST_INTERVAL_S} to ${MOST_INTERVAL_S} s`;
    throw new ApiError('ERANGE', { doing, expected, received: String(intervalS) });
  }
  const { lifetimeS = intervalS * LIFETIMES } = wanted;
  if (lifetimeS !== 0 && (lifetimeS < intervalS || lifetimeS > MOST_LIFETIME_S)) {
    const expected = `a lifetime of 0, or of ${intervalS} (the interval) to ${MOST_LIFETIME_S} s`;
    throw new ApiError('ERANGE', { doing, expected, received: String(lifetimeS) });
  }
  return { intervalS, lifetimeS };
}

function isLinkLocal6({ address }: Prefix): boolean {
  return address.family === 'ipv6' && isLinkLocal(address);
}

/** Networks that hosts can be in: not those of one address, and not what every link has. */
function isForHosts(prefix: Prefix): boolean {
  const { family } = prefix.address;
  return family === 'ipv6' && !isLinkLocal6(prefix) && prefix.length < addressBits(family);
}
