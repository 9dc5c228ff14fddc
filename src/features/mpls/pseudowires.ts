import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { randomMac } from '../../net/mac.ts';
import {
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type InterfaceRouter,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
} from '../interface/index.ts';
import type { NextHop, NextHops } from '../neighbor/index.ts';
import { isMpls } from './mpls-next-hops.ts';

/** What is said of a pseudowire; what is absent stays as it is. */
export interface WantedWire {
  /** Id of the next hop that puts labels in front of its frames. */
  readonly nextHop?: number;
  readonly controlWord?: boolean;
}

/** What pseudowires need. */
export interface PseudowireNeeds {
  readonly interfaces: Interfaces;
  readonly nextHops: NextHops;
}

/** Interfaces whose frames leave with labels (RFC 3985, RFC 4448). What they receive, the label that leads to them says. */
export class Pseudowires implements InterfaceType {
  readonly #interfaces: Interfaces;
  readonly #nextHops: NextHops;
  readonly #table: Table;
  readonly #wires = new Map<number, Wire>();

  constructor(router: InterfaceRouter, { interfaces, nextHops }: PseudowireNeeds) {
    this.#interfaces = interfaces;
    this.#nextHops = nextHops;
    this.#table = router.tables<Table>(['setPseudowire']);
    interfaces.defineType('pseudowire', this);
    router.dispatch.note({ table: 'interface-output', key: 'pseudowire', stage: 'pseudowire-output' });
    nextHops.nameUsers((index) => this.#usersOf(index));
    nextHops.listen({ changed: (before, after) => this.#follow(before, after) });
  }

  /** How all of them are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['PSEUDOWIRES'],
      write: () => {
        for (const [id, wire] of this.#wires) this.#show(id, wire);
      },
    };
  }

  /** Adds a pseudowire. @throws ApiError EINVAL, ENOENT, EEXIST, ENOSPC */
  add(name: string, wanted: WantedWire, attributes: InterfaceAttributes): Interface {
    const doing = `add pseudowire ${name}`;
    const nextHop = this.#nextHopOf(doing, wanted.nextHop);
    const wire = { nextHop: nextHop.index, controlWord: wanted.controlWord ?? false };
    const iface = this.#interfaces.add({
      ...interfaceDefaults,
      name,
      type: 'pseudowire',
      mtu: frameMtu(nextHop, wire),
      mac: randomMac(),
      outputStage: 'pseudowire-output',
      farEnds: true, // no frame goes from one to another: the others of a full mesh have it already (RFC 4762 4.4)
      ...attributes,
    });
    this.#write(iface.id, wire);
    return iface;
  }

  /** Changes a pseudowire, all or nothing. @throws ApiError EINVAL, ENODEV, ENOENT, EEXIST */
  async set(
    name: string,
    wanted: WantedWire,
    attributes: InterfaceAttributes,
    newName?: string,
  ): Promise<Interface> {
    const doing = `set pseudowire ${name}`;
    const { id } = this.#interfaces.named(doing, name, 'pseudowire');
    const before = this.#wires.get(id);
    if (!before) throw new TypeError(`expected ${name} to lead somewhere`);
    const nextHop =
      wanted.nextHop === undefined ? before.nextHop : this.#nextHopOf(doing, wanted.nextHop).index;
    const changed = await this.#interfaces.set(name, attributes, newName);
    this.#write(id, { nextHop, controlWord: wanted.controlWord ?? before.controlWord });
    return changed;
  }

  async remove({ id }: Interface): Promise<void> {
    const wire = this.#wires.get(id);
    this.#table.setPseudowire(id, 0, 0);
    this.#wires.delete(id);
    if (wire) this.#nextHops.unuse(wire.nextHop);
  }

  details({ id }: Interface): InterfaceDetails {
    const { nextHop = 0, controlWord = false } = this.#wires.get(id) ?? {};
    const nexthop = this.#nextHops.find(nextHop)?.id ?? 0;
    return {
      info: [`nexthop=${nexthop}`, ...(controlWord ? ['control-word'] : [])],
      fields: { nexthop, control_word: controlWord },
    };
  }

  #write(id: number, wire: Wire): void {
    const before = this.#wires.get(id);
    this.#nextHops.use(wire.nextHop);
    this.#show(id, wire);
    this.#wires.set(id, wire);
    if (before) this.#nextHops.unuse(before.nextHop);
  }

  /** Shows packets where a pseudowire leads. */
  #show(id: number, { nextHop, controlWord }: Wire): void {
    this.#table.setPseudowire(id, nextHop, controlWord ? 1 : 0);
  }

  /** @throws ApiError EINVAL, ENOENT */
  #nextHopOf(doing: string, id: number | undefined): NextHop {
    const nextHop = this.#nextHops.withId(doing, id ?? 0);
    if (isMpls(nextHop)) return nextHop;
    const expected = 'a next hop that puts labels in front';
    throw new ApiError('EINVAL', { doing, expected, received: `next hop ${nextHop.id}` });
  }

  /** A next hop that pseudowires use goes on pushing labels; its size is theirs, where nobody has said another. */
  #follow(before: NextHop, after: NextHop): void {
    const users = this.#usersOf(after.index);
    if (users.length > 0 && !isMpls(after)) {
      const expected = `one that puts labels in front, as ${users.join(', ')} uses it`;
      const doing = `change next hop ${after.id}`;
      throw new ApiError('EBUSY', { doing, expected, received: after.target.type });
    }
    for (const [id, wire] of this.#wires) {
      if (wire.nextHop !== after.index) continue;
      const iface = this.#interfaces.find(id);
      if (iface?.mtu === frameMtu(before, wire)) this.#interfaces.note(id, { mtu: frameMtu(after, wire) });
    }
  }

  #usersOf(index: number): readonly string[] {
    const users = [...this.#wires].filter(([, { nextHop }]) => nextHop === index);
    return users.flatMap(([id]) => this.#interfaces.find(id)?.name ?? []);
  }
}

interface Wire {
  /** Index of the next hop. */
  readonly nextHop: number;
  readonly controlWord: boolean;
}

interface Table {
  setPseudowire(iface: number, nextHop: number, controlWord: number): void;
}

/** Largest IP packet in a frame that a next hop takes, in front of which are an Ethernet header and perhaps a control word. */
function frameMtu({ target }: NextHop, { controlWord }: Wire): number {
  const room = target.type === 'encapsulation' ? target.mtu : 0;
  return Math.max(1280, room - 14 - (controlWord ? 4 : 0));
}
