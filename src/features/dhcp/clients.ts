import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { formatAddress } from '../../net/address.ts';
import { formatMac, type Mac, macFromBytes } from '../../net/mac.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { AddressProbes } from '../neighbor/index.ts';
import { begin, type Client, decline, due, heard, type Now, reboot, type Step } from './client-state.ts';
import type { Holdings } from './holdings.ts';
import type { Lease } from './lease.ts';
import { readServerMessage } from './message.ts';
import { addressOf, type Letter, letterOf, releaseOf, sendLetter } from './post.ts';

/** What clients need. */
export interface ClientNeeds {
  readonly router: Pick<Router, 'tables' | 'send' | 'emit' | 'quiet' | 'onPunt' | 'log'> & {
    readonly packets: Pick<Router['packets'], 'bytes' | 'frame' | 'free'>;
  };
  readonly interfaces: Pick<Interfaces, 'find' | 'listen'>;
  readonly holdings: Holdings;
  readonly probes: AddressProbes;
  /** Gives UDP port 68 to the stage of clients, or back. */
  readonly listen: (doing: string, on: boolean) => void;
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** The interfaces that get their address by DHCP: the one writer of the table that their stage reads. */
export class DhcpClients {
  readonly #needs: ClientNeeds;
  readonly #table: Table;
  readonly #byInterface = new Map<number, Client>();
  /** The station that has brought each lease: the server, or who relays for it. */
  readonly #broughtBy = new Map<number, Mac>();

  constructor(needs: ClientNeeds) {
    this.#needs = needs;
    this.#table = needs.router.tables<Table>(['setDhcpClient']);
    needs.router.onPunt('dhcp-input', ({ packet, iface }) => {
      if (packet === undefined) return;
      const bytes = needs.router.packets.bytes(packet);
      const frame = needs.router.packets.frame(packet);
      needs.router.packets.free(packet);
      const sender = frame.length - bytes.length - BYTES_FROM_SENDER;
      this.#take(iface, bytes, macFromBytes(frame.slice(sender, sender + 6)));
    });
    needs.interfaces.listen({
      changed: (before, after) => this.#follow(before, after),
      removing: (iface) => this.#leave(iface),
    });
  }

  /** How all of it is written again for a build that has the table elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['DHCP_CLIENTS'],
      write: () => {
        for (const id of this.#byInterface.keys()) this.#table.setDhcpClient(id, 1);
      },
    };
  }

  /** All clients, by their interfaces' ids. */
  get list(): readonly (Client & { readonly iface: number })[] {
    const all = [...this.#byInterface].map(([iface, client]) => ({ ...client, iface }));
    return all.sort((a, b) => a.iface - b.iface);
  }

  /** Begins to ask for an address. @throws ApiError EINVAL, EEXIST, EADDRINUSE */
  enable(iface: Interface): void {
    const doing = `enable DHCP on ${iface.name}`;
    if (iface.outputStage === undefined || iface.access || iface.domain !== 0) {
      const received = iface.access ? 'an access link' : `a ${iface.type} in mode ${iface.mode}`;
      throw new ApiError('EINVAL', { doing, expected: 'a routed interface with a link', received });
    }
    if (this.#byInterface.has(iface.id)) {
      throw new ApiError('EEXIST', {
        doing,
        expected: 'an interface without DHCP',
        received: 'one that has it',
      });
    }
    if (this.#byInterface.size === 0) this.#needs.listen(doing, true);
    this.#table.setDhcpClient(iface.id, 1);
    this.#byInterface.set(iface.id, begin(this.#now(), WHEN_TICKED_MS).client);
  }

  /** Gives the lease back, and takes its address and routes away. @throws ApiError ENOENT */
  async disable(iface: Interface): Promise<void> {
    if (!this.#byInterface.has(iface.id)) {
      const doing = `disable DHCP on ${iface.name}`;
      throw new ApiError('ENOENT', { doing, expected: 'an interface with DHCP', received: 'one without' });
    }
    await this.#leave(iface);
  }

  /** Does what is due. */
  tick(): void {
    const now = this.#now();
    for (const [id, client] of this.#byInterface) {
      if (client.dueMs > now.nowMs) continue;
      const iface = this.#needs.interfaces.find(id);
      if (iface && isLive(iface)) this.#do(iface, due(client, now));
      else if (iface) this.#wait(iface, client, now);
    }
  }

  /** Without a link nobody is asked; a lease ends all the same. */
  #wait(iface: Interface, client: Client, now: Now): void {
    const over = client.lease !== undefined && now.nowMs >= client.lease.expiresMs;
    if (over) this.#do(iface, { client: begin(now, WHEN_TICKED_MS).client, actions: ['lose'] });
    else this.#byInterface.set(iface.id, { ...client, dueMs: now.nowMs + LINK_CHECK_MS });
  }

  /** Takes an IPv4 packet to port 68, whose headers its stage has checked. */
  #take(id: number, packet: Uint8Array, from: Mac): void {
    const client = this.#byInterface.get(id);
    const iface = this.#needs.interfaces.find(id);
    if (!client || !iface) return;
    const payload = packet.subarray(((packet[0] ?? 0) & 15) * 4 + UDP_HEADER_BYTES);
    const message = readServerMessage(payload);
    const step = message && heard(client, message, iface.mac, this.#now());
    if (step && message.kind === 'ack') this.#broughtBy.set(id, from);
    if (step) this.#do(iface, step);
  }

  #do(iface: Interface, { client, actions }: Step): void {
    const before = this.#byInterface.get(iface.id);
    this.#byInterface.set(iface.id, client);
    if (client.state !== 'probing') this.#needs.probes.endProbe(iface);
    for (const action of actions) {
      if (action === 'ask') this.#post(iface, letterOf(iface, client));
      else if (action === 'probe' && client.offer) this.#probe(iface, client.offer);
      else if (action === 'decline' && before?.offer) this.#decline(iface, before, before.offer);
      else if (action === 'take' && client.lease) this.#hold(iface, client.lease, before?.lease);
      else if (action === 'lose') this.#lose(iface, before?.lease);
      else if (action === 'refused') this.#tell('dhcp refused', iface, before?.lease);
    }
  }

  /** Asks the link whether somebody has the address that a server gives; where nobody can be asked, nobody has it. */
  #probe(iface: Interface, lease: Lease): void {
    const { log } = this.#needs.router;
    const claimed = (mac: Mac) => {
      const client = this.#byInterface.get(iface.id);
      const found = { iface: iface.name, mac: formatMac(mac), address: formatPrefix(lease.prefix) };
      log.warn(found, 'another station has the address that DHCP gives');
      if (client?.state === 'probing') this.#do(iface, decline(client, this.#now()));
    };
    try {
      this.#needs.probes.probe(iface, addressOf(lease), claimed);
    } catch (error) {
      log.warn({ iface: iface.name, error }, 'an address from DHCP is taken without asking who has it');
    }
  }

  /** What is refused here, as another interface has it, is declined as what another station has. */
  #hold(iface: Interface, lease: Lease, before: Lease | undefined): void {
    try {
      this.#needs.holdings.hold(iface, lease);
      this.#tell(before ? 'dhcp renew' : 'dhcp bound', iface, lease);
    } catch (error) {
      this.#needs.router.log.warn({ iface: iface.name, error }, 'an address from DHCP cannot be used');
      const client = this.#byInterface.get(iface.id);
      if (!client) return;
      this.#needs.holdings.letGo(iface);
      this.#decline(iface, client, lease);
      this.#byInterface.set(iface.id, decline(client, this.#now()).client);
    }
  }

  #decline(iface: Interface, client: Client, lease: Lease): void {
    this.#post(iface, releaseOf('decline', iface, client, lease));
    this.#tell('dhcp declined', iface, lease);
  }

  #lose(iface: Interface, lease: Lease | undefined): void {
    this.#needs.holdings.letGo(iface);
    this.#tell('dhcp lost', iface, lease);
  }

  /** A link that comes up may be another one; with another MAC address or VRF all begins anew. */
  #follow(before: Interface, after: Interface): void {
    const client = this.#byInterface.get(after.id);
    if (!client) return;
    const other = before.mac.value !== after.mac.value || before.vrf !== after.vrf;
    const fresh = begin(this.#now(), WHEN_TICKED_MS).client;
    if (other) this.#do(after, { client: fresh, actions: client.lease ? ['lose'] : [] });
    else if (isLive(after) && !isLive(before)) this.#do(after, reboot(client, this.#now()));
  }

  async #leave(iface: Interface): Promise<void> {
    const client = this.#byInterface.get(iface.id);
    if (!client) return;
    this.#byInterface.delete(iface.id);
    this.#needs.probes.endProbe(iface);
    this.#table.setDhcpClient(iface.id, 0);
    if (this.#byInterface.size === 0) this.#needs.listen('', false);
    if (!client.lease) return;
    const letter = releaseOf('release', iface, client, client.lease);
    this.#post(iface, { ...letter, by: this.#broughtBy.get(iface.id) });
    this.#broughtBy.delete(iface.id);
    // What was injected before the first quiet point has left before the second.
    await this.#needs.router.quiet();
    await this.#needs.router.quiet();
    this.#lose(iface, client.lease);
  }

  #post(iface: Interface, letter: Letter): void {
    sendLetter(this.#needs.router, iface, letter);
  }

  #tell(type: string, iface: Interface, lease: Lease | undefined): void {
    const said = lease && ` ${formatPrefix(lease.prefix)} server=${formatAddress(lease.server)}`;
    const time = type === 'dhcp bound' || type === 'dhcp renew' ? ` lease=${lease?.seconds}` : '';
    this.#needs.router.emit({ type, text: `iface=${iface.name}${said ?? ''}${time}` });
  }

  #now(): Now {
    return { nowMs: this.#needs.nowMs(), random: this.#needs.random() };
  }
}

const UDP_HEADER_BYTES = 8;
/** From the sender's address in an Ethernet header to what is behind that. */
const BYTES_FROM_SENDER = 8;
/** The least wait: whoever begins so asks at the next tick, when its link is there. */
const WHEN_TICKED_MS = 1;
const LINK_CHECK_MS = 1000;

interface Table {
  setDhcpClient(iface: number, on: number): void;
}

function isLive({ up, running, domain }: Interface): boolean {
  return up && running && domain === 0;
}
