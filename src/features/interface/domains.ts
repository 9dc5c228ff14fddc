import { ApiError } from '../../engine/api-error.ts';
import { checkImposed, type Interface, type InterfaceAttributes } from './interface.ts';
import { CROSS_CONNECT, type InterfaceType } from './interface-type.ts';

/** What of the interfaces decides who may be bound to whom. */
export interface DomainNeeds {
  readonly types: ReadonlyMap<string, InterfaceType>;
  /** Modes that somebody takes packets of. */
  readonly modes: ReadonlyMap<string, number>;
  readonly find: (id: number) => Interface | undefined;
}

/** The mode of interfaces that are bound to no other. */
const ROUTED = 'VRF';
const SENDING_DOMAIN = 'an interface that sends frames as domain';

/** Who may be bound to whom, in which mode, and with which attributes. */
export class Domains {
  readonly #needs: DomainNeeds;

  constructor(needs: DomainNeeds) {
    this.#needs = needs;
  }

  /** The mode of an interface, which follows from what it is bound to. @throws ApiError EINVAL, ELOOP, ENOTSUP */
  modeOf(doing: string, iface: Omit<Interface, 'mode'>): string {
    if (iface.domain === 0) return ROUTED;
    const domain = this.#needs.find(iface.domain);
    if (!domain || isOnlyRouted(domain) || isOnlyRouted(iface)) {
      const received = domain?.name ?? String(iface.domain);
      throw new ApiError('EINVAL', { doing, expected: SENDING_DOMAIN, received });
    }
    const type = this.#needs.types.get(domain.type);
    const mode = type?.memberMode ?? CROSS_CONNECT;
    if (mode === CROSS_CONNECT && domain.outputStage === undefined) {
      throw new ApiError('EINVAL', { doing, expected: SENDING_DOMAIN, received: domain.name });
    }
    if (domain.id === iface.id || (mode !== CROSS_CONNECT && this.#leadsTo(domain, iface.id))) {
      const expected = 'a domain that is another interface, and not bound to this one itself';
      throw new ApiError('ELOOP', { doing, expected, received: domain.name });
    }
    if (!this.#needs.modes.has(mode)) {
      const expected = 'a domain that takes members';
      throw new ApiError('ENOTSUP', { doing, expected, received: `${domain.name}, a ${domain.type}` });
    }
    type?.checkMember?.(domain, iface as Interface);
    return mode;
  }

  /** An interface with what its domain says of it. @throws ApiError EINVAL where its user says something else */
  asMember<T extends Interface>(doing: string, iface: T, attributes: InterfaceAttributes): T {
    const domain = this.#needs.find(iface.domain);
    const imposed = domain && this.#needs.types.get(domain.type)?.memberAttributes?.(domain);
    if (!imposed) return iface;
    checkImposed(doing, attributes, { imposed, by: domain.name });
    return { ...iface, ...imposed, own: iface.own ?? { mac: iface.mac, mtu: iface.mtu } };
  }

  /** Lets what an interface is bound to get ready to lose it. */
  async part(member: Interface): Promise<void> {
    const domain = this.#needs.find(member.domain);
    if (domain) await this.#needs.types.get(domain.type)?.parting?.(domain, member);
  }

  /** Tells whether an interface is bound to another, or to one that is; two may be bound to each other. */
  #leadsTo(iface: Interface, id: number): boolean {
    const seen = new Set<number>();
    for (let each: Interface | undefined = iface; each; each = this.#needs.find(each.domain)) {
      if (each.domain === id) return true;
      if (seen.has(each.id)) return false;
      seen.add(each.id);
    }
    return false;
  }
}

/** Tells whether an interface can be bound to no other, nor others to it. */
function isOnlyRouted({ type, pointToPoint }: Pick<Interface, 'type' | 'pointToPoint'>): boolean {
  return type === 'vrf' || pointToPoint === true;
}
