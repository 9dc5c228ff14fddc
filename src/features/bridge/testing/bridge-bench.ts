import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { MODE_MEASURE } from '../../../engine/layout.ts';
import { Bench, type Outcome } from '../../../engine/testing/bench.ts';
import { etherFrame } from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { packetPath } from '../../../programs/vrouter/packet-path.ts';
import { InterfaceTable } from '../../interface/index.ts';
import { INTERFACE_FAR_ENDS, INTERFACE_UP } from '../../interface/layout.ts';
import { FurtherMacTable } from '../../mac/index.ts';
import type { BridgeSettings } from '../bridge-settings.ts';
import { BridgeTable } from '../bridge-table.ts';
import type { FdbOrigin } from '../fdb-entry.ts';
import { FdbTable, readEntry } from '../fdb-table.ts';

/** Interface id of the bridge; its members N = 1, 2, 3 have port N - 1. */
export const BRIDGE = 10;
export const BRIDGE_MAC = '02:00:00:00:00:10';
export const BROADCAST = 'ff:ff:ff:ff:ff:ff';
/** Stations: A is behind member 1, B behind 2, C behind 3. */
export const A = '02:00:00:00:01:0a';
export const B = '02:00:00:00:02:0b';
export const C = '02:00:00:00:03:0c';

const ordinary = { up: true, ageingTime: 300, flood: true, learn: true, neighSuppress: false };

/** The bench with a bridge of three ports. */
export class BridgeBench {
  readonly bench: Bench;
  readonly interfaces: InterfaceTable;
  readonly bridges: BridgeTable;
  readonly furtherMacs: FurtherMacTable;
  readonly fdb: FdbTable;

  constructor(bench: Bench) {
    this.bench = bench;
    const take = bench.tables;
    this.interfaces = new InterfaceTable(take);
    this.bridges = new BridgeTable(take);
    this.furtherMacs = new FurtherMacTable(take);
    this.fdb = new FdbTable(take);
    for (const member of [1, 2, 3]) {
      this.setMember(member);
      bench.view.setUint16(bench.region('PORT_INTERFACES') + (member - 1) * 2, member, true);
    }
    this.interfaces.write(BRIDGE, {
      flags: INTERFACE_UP,
      vrf: 1,
      mtu: 1500,
      mac: parseMac(BRIDGE_MAC),
      port: 0,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('bridge-output'),
      domain: 0,
    });
    this.set();
    this.bridges.writeMembers(BRIDGE, [1, 2, 3]);
  }

  static async open(): Promise<BridgeBench> {
    return new BridgeBench(await Bench.open(packetPath, buildFolder));
  }

  /** Sets what the bridge does; what is not named is as usual. */
  set(settings: Partial<BridgeSettings & { readonly up: boolean }> = {}): void {
    this.bridges.write(BRIDGE, { ...ordinary, ...settings });
  }

  /** Writes a member: a port, or a tunnel with far ends whose packets leave by the port all the same. */
  setMember(
    member: number,
    options: { readonly mtu?: number; readonly up?: boolean; readonly farEnds?: boolean } = {},
  ): void {
    const { mtu = 1500, up = true, farEnds = false } = options;
    this.interfaces.write(member, {
      flags: (up ? INTERFACE_UP : 0) | (farEnds ? INTERFACE_FAR_ENDS : 0),
      vrf: 1,
      mtu,
      mac: parseMac(`02:00:00:00:00:0${member}`),
      port: member - 1,
      modeNode: this.bench.node('bridge-input'),
      outputNode: this.bench.node('port-tx'),
      domain: BRIDGE,
    });
  }

  /** Says where a station is. */
  put(
    mac: string,
    iface: number,
    options: { readonly vlan?: number; readonly far?: number; readonly origin?: FdbOrigin } = {},
  ): void {
    const { vlan = 0, far = 0, origin = 'learn' } = options;
    assert.ok(this.fdb.put({ bridge: BRIDGE, mac: parseMac(mac), vlan, iface, far, origin }));
  }

  /** Receives a frame at a member, both ways: fast and stage by stage, which must agree but for what is told once. */
  receive(member: number, frame: Uint8Array): Outcome {
    this.bench.mode = MODE_MEASURE;
    const slow = this.receiveOnce(member, frame);
    this.bench.mode = 0;
    const fast = this.receiveOnce(member, frame);
    assert.deepEqual(
      { ...fast, events: [] },
      { ...slow, events: [] },
      'the fast way and the measured way part',
    );
    return slow;
  }

  receiveOnce(member: number, frame: Uint8Array): Outcome {
    const outcome = this.bench.receive(member - 1, [frame]);
    assert.equal(this.bench.buffersOut, 0, 'buffers are lost');
    return outcome;
  }
}

/** A frame with so many bytes behind its header. */
export function frame(source: string, destination: string, bytes = 46, etherType = 0x88b5): Uint8Array {
  return etherFrame({ source, destination, etherType }, new Uint8Array(bytes).fill(0x5a));
}

/** The same with a VLAN tag. */
export function tagged(source: string, destination: string, vlan: number): Uint8Array {
  const tag = Uint8Array.of(0x60 | (vlan >> 8), vlan & 255, 0x88, 0xb5);
  const payload = new Uint8Array(50).fill(0x5a);
  payload.set(tag);
  return etherFrame({ source, destination, etherType: 0x8100 }, payload);
}

/** The ports that a frame has left by. */
export function portsOf(outcome: Outcome): readonly number[] {
  return outcome.sent.map(({ port }) => port).sort();
}

/** Where stations have shown up, as the control thread was told. */
export function heardIn(outcome: Outcome) {
  return outcome.events.map(({ data }) => {
    const view = new DataView(data.buffer, data.byteOffset);
    return readEntry(view.getBigUint64(0, true), view.getBigUint64(8, true));
  });
}

const buildFolder = fileURLToPath(new URL('../../../../build', import.meta.url));
