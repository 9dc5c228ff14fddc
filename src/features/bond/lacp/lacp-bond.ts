import type { Mac } from '../../../net/mac.ts';
import type { Interface } from '../../interface/index.ts';
import { type Choice, isUsable } from '../choice.ts';
import { LacpPort } from './lacp-port.ts';
import { answerToMarker, type LacpEnd, readLacpdu, writeLacpdu } from './lacpdu.ts';

/** What LACP of a bond needs. */
export interface LacpBondOptions {
  /** What we are to the other end. */
  readonly system: Mac;
  readonly key: number;
  /** Sends a frame by a member. */
  readonly send: (member: number, frame: Uint8Array) => void;
}

/** What is shown of a member's LACP. */
export interface LacpView {
  readonly state: string;
  readonly partner: LacpEnd;
}

/** LACP of a bond: which of its members act as one is agreed with the other end. */
export class LacpBond {
  readonly #options: LacpBondOptions;
  readonly #ports = new Map<number, { readonly port: LacpPort; speedMbps: number }>();
  /** The members that act as one have this in common. */
  #group = '';

  constructor(options: LacpBondOptions) {
    this.#options = options;
  }

  get system(): Mac {
    return this.#options.system;
  }

  /** Takes over which members there are, and what their links are like; who is none any more tells the other end. */
  setMembers(members: readonly Interface[], nowMs: number): void {
    const ids = new Set(members.map(({ id }) => id));
    for (const id of this.#ports.keys()) if (!ids.has(id)) this.#dismiss(id);
    for (const member of members) {
      const known = this.#ports.get(member.id) ?? { port: this.#newPort(member.id), speedMbps: 0 };
      known.speedMbps = member.speedMbps;
      known.port.setUsable(isUsable(member), nowMs);
      this.#ports.set(member.id, known);
    }
    this.tick(nowMs);
  }

  /** Takes a frame of the slow protocols that a member has received. */
  receive(member: number, frame: Uint8Array, nowMs: number): void {
    const known = this.#ports.get(member);
    const pdu = readLacpdu(frame);
    if (known && pdu) known.port.receive(pdu, nowMs);
    const answer = known && answerToMarker(frame, this.#options.system);
    if (answer) this.#options.send(member, answer);
    this.tick(nowMs);
  }

  /** Lets time pass, and sends what is to be sent. */
  tick(nowMs: number): void {
    for (const { port } of this.#ports.values()) port.tick(nowMs);
    this.#select();
    for (const [id, { port }] of this.#ports) {
      port.tick(nowMs);
      const pdu = port.take(nowMs);
      if (pdu) this.#options.send(id, writeLacpdu(this.#options.system, pdu));
    }
  }

  /** Tells the other end that no member takes or sends anything any more. */
  close(): void {
    for (const id of [...this.#ports.keys()]) this.#dismiss(id);
  }

  get choice(): Choice {
    const members = [...this.#ports];
    return {
      sends: members.filter(([, { port }]) => port.distributes).map(([id]) => id),
      takes: members.filter(([, { port }]) => port.collects).map(([id]) => id),
    };
  }

  /** What is known of a member, undefined of who is none. */
  view(member: number): LacpView | undefined {
    const port = this.#ports.get(member)?.port;
    if (!port) return undefined;
    return { state: port.receiving === 'current' ? port.mux : port.receiving, partner: port.partner };
  }

  #newPort(port: number): LacpPort {
    const { system, key } = this.#options;
    return new LacpPort({ system, key, port });
  }

  #dismiss(id: number): void {
    const known = this.#ports.get(id);
    this.#ports.delete(id);
    if (known) this.#options.send(id, writeLacpdu(this.#options.system, known.port.farewell));
  }

  /**
   * Selects those members whose other ends belong together and whose links are alike (6.4.14): the group of those that
   * are in use while any of them is; else that of the most speed.
   */
  #select(): void {
    const speeds = new Map<string, number>();
    for (const { port, speedMbps } of this.#ports.values())
      if (port.isSelectable) add(speeds, groupOf(port, speedMbps), speedMbps || 1);
    const isInUse = [...this.#ports.values()].some(
      ({ port, speedMbps }) => port.collects && groupOf(port, speedMbps) === this.#group,
    );
    if (!isInUse || !speeds.has(this.#group))
      [this.#group] = [...speeds].toSorted(([, one], [, other]) => other - one)[0] ?? [''];
    for (const { port, speedMbps } of this.#ports.values())
      port.setSelected(port.isSelectable && groupOf(port, speedMbps) === this.#group);
  }
}

function groupOf({ partner }: LacpPort, speedMbps: number): string {
  return [partner.systemPriority, partner.system.value, partner.key, speedMbps].join(' ');
}

function add(sums: Map<string, number>, group: string, speed: number): void {
  sums.set(group, (sums.get(group) ?? 0) + speed);
}
