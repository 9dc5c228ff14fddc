import { ApiError } from '../../engine/api-error.ts';
import { type Mac, randomMac } from '../../net/mac.ts';
import {
  type Interface,
  type InterfaceDetails,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
  type NewInterface,
} from '../interface/index.ts';

/** How large the tables of a VRF may grow. */
export interface VrfSizes {
  /** Most IPv4 and IPv6 routes. */
  readonly rib4Routes: number;
  readonly rib6Routes: number;
  /** Most blocks of 256 entries in the forwarding tables. */
  readonly fib4Tbl8: number;
  readonly fib6Tbl8: number;
}

/** What keeps tables for each VRF (the ip feature) does when one comes, changes or goes. */
export interface VrfTables {
  /** Makes the tables. @throws ApiError ENOMEM */
  open(vrf: number, sizes: VrfSizes): void;
  /** Takes new limits. @throws ApiError EBUSY when more is held already */
  resize(vrf: number, sizes: VrfSizes): void;
  /** Gives the tables back, with what they still hold. */
  close(vrf: number): void;
  /** Routes held now. */
  used(vrf: number): { readonly routes4: number; readonly routes6: number };
}

/** A VRF to be added. */
export interface NewVrf {
  readonly name: string;
  readonly sizes: Partial<VrfSizes>;
  readonly mac?: Mac;
  readonly description?: string;
}

/** The default VRF, which is always there. */
export const MAIN_VRF = 'main';
/** Most VRFs: their number fits in a byte, and zero is none. */
export const MAX_VRFS = 255;

/** The VRFs of the router; each is an interface of type vrf as well. */
export class Vrfs implements InterfaceType {
  readonly #interfaces: Interfaces;
  readonly #tables: VrfTables[] = [];
  readonly #sizes = new Map<number, VrfSizes>();
  #defaults: VrfSizes;

  constructor(interfaces: Interfaces, defaults: VrfSizes) {
    this.#interfaces = interfaces;
    this.#defaults = defaults;
    interfaces.defineType('vrf', this);
    interfaces.listen({ checkRemoval: (iface) => this.#checkUnused(iface) });
  }

  /** Keeps tables for each VRF that is added from now on. */
  keep(tables: VrfTables): void {
    this.#tables.push(tables);
  }

  /** Sizes of VRFs that are added without sizes of their own. */
  get defaults(): VrfSizes {
    return this.#defaults;
  }

  set defaults(sizes: VrfSizes) {
    this.#defaults = sizes;
  }

  /** Sizes of a VRF's tables. */
  sizes(vrf: number): VrfSizes {
    return this.#sizes.get(vrf) ?? this.#defaults;
  }

  /** Adds a VRF with empty tables. @throws ApiError EEXIST, EINVAL, ENOSPC, ENOMEM */
  add(wanted: NewVrf): Interface {
    const doing = `add vrf ${wanted.name}`;
    const vrf = this.#freeNumber(doing);
    const sizes = checkSizes(doing, { ...this.#defaults, ...wanted.sizes });
    const iface = interfaceOf(vrf, wanted);
    this.#interfaces.checkNew(doing, wanted.name, iface);
    this.#sizes.set(vrf, sizes);
    try {
      for (const tables of this.#tables) tables.open(vrf, sizes);
      return this.#interfaces.add(iface);
    } catch (error) {
      this.#close(vrf);
      throw error;
    }
  }

  /** Changes the sizes of a VRF's tables. @throws ApiError ENODEV, EBUSY, EINVAL */
  resize(name: string, sizes: Partial<VrfSizes>): void {
    const doing = `set vrf ${name}`;
    const { vrf } = this.#interfaces.named(doing, name, 'vrf');
    const wanted = checkSizes(doing, { ...this.sizes(vrf), ...sizes });
    for (const tables of this.#tables) tables.resize(vrf, wanted);
    this.#sizes.set(vrf, wanted);
  }

  /** Refuses what a VRF cannot be: in another VRF, down. */
  change(before: Interface, after: Interface): Interface {
    const doing = `set interface ${before.name}`;
    if (before.name === MAIN_VRF && after.name !== MAIN_VRF) {
      throw new ApiError('EINVAL', {
        doing,
        expected: 'the default VRF to keep its name',
        received: after.name,
      });
    }
    if (after.vrf !== before.vrf) {
      throw new ApiError('EINVAL', {
        doing,
        expected: 'no vrf for a VRF itself',
        received: this.#interfaces.vrfName(after.vrf),
      });
    }
    return after;
  }

  async remove(iface: Interface): Promise<void> {
    this.#close(iface.vrf);
  }

  details(iface: Interface): InterfaceDetails {
    const sizes = this.sizes(iface.vrf);
    const used = this.#tables.map((tables) => tables.used(iface.vrf));
    const routes4 = used.reduce((sum, each) => sum + each.routes4, 0);
    const routes6 = used.reduce((sum, each) => sum + each.routes6, 0);
    return {
      info: [`routes4=${routes4}/${sizes.rib4Routes}`, `routes6=${routes6}/${sizes.rib6Routes}`],
      fields: {
        rib4_routes: sizes.rib4Routes,
        fib4_tbl8: sizes.fib4Tbl8,
        rib6_routes: sizes.rib6Routes,
        fib6_tbl8: sizes.fib6Tbl8,
        routes4,
        routes6,
      },
    };
  }

  #close(vrf: number): void {
    for (const tables of [...this.#tables].reverse()) tables.close(vrf);
    this.#sizes.delete(vrf);
  }

  #checkUnused(iface: Interface): void {
    if (iface.type !== 'vrf') return;
    const doing = `delete vrf ${iface.name}`;
    if (iface.name === MAIN_VRF) {
      throw new ApiError('EBUSY', {
        doing,
        expected: 'a VRF other than the default one',
        received: MAIN_VRF,
      });
    }
    const members = this.#interfaces.list.filter((each) => each.vrf === iface.vrf && each.type !== 'vrf');
    if (members.length === 0) return;
    const names = members.map((member) => member.name).join(', ');
    throw new ApiError('EBUSY', {
      doing,
      expected: 'a VRF without interfaces',
      received: `one with ${names}`,
    });
  }

  #freeNumber(doing: string): number {
    for (let vrf = 1; vrf <= MAX_VRFS; vrf++) if (!this.#sizes.has(vrf)) return vrf;
    throw new ApiError('ENOSPC', { doing, expected: `at most ${MAX_VRFS} VRFs`, received: 'one more' });
  }
}

/** The largest IP packet without jumbograms; what leaves a VRF meets the MTU of its next hop anyway. */
const LARGEST_PACKET = 65534;
const MOST_ROUTES = 1 << 24;

function interfaceOf(vrf: number, { name, description = '', mac = randomMac() }: NewVrf): NewInterface {
  return {
    ...interfaceDefaults,
    name,
    type: 'vrf',
    description,
    vrf,
    mtu: LARGEST_PACKET,
    mac,
    outputStage: undefined,
  };
}

function checkSizes(doing: string, sizes: VrfSizes): VrfSizes {
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isInteger(value) && value >= 1 && value <= MOST_ROUTES) continue;
    throw new ApiError('EINVAL', {
      doing,
      expected: `${name} of 1 to ${MOST_ROUTES}`,
      received: String(value),
    });
  }
  return sizes;
}
