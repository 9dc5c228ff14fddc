import { BALANCE_L3_L4, BOND_SLOTS, MEMBER_LACP, MEMBER_TAKES } from '../../src/features/bond/layout.ts';
import { INTERFACE_RUNNING, INTERFACE_UP } from '../../src/features/interface/layout.ts';
import { parseMac } from '../../src/net/mac.ts';
import { type Ground, placeOf } from './ground.ts';

const MTU = 200;
const [BOND, OTHER, PLACE] = [33, 34, 1];
/** What is used speaks LACP or not; the last one is not used. */
const members = [
  { id: 30, port: 10, flags: MEMBER_TAKES },
  { id: 31, port: 11, flags: MEMBER_TAKES | MEMBER_LACP },
  { id: 32, port: 12, flags: MEMBER_LACP },
] as const;

/** Adds a bond of three ports, and a port that is cross-connected to it. */
export function addBond(ground: Ground): void {
  const { bench, interfaces } = { bench: ground.topology.bench, interfaces: ground.topology.interfaces };
  const record = {
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu: MTU,
    mac: parseMac('02:00:00:00:00:33'),
  };
  const port = { ...record, outputNode: bench.node('port-tx') };
  const cross = { modeNode: bench.node('xc-forward') };
  for (const { id, port: number } of members)
    interfaces.write(id, { ...port, modeNode: bench.node('bond-input'), domain: BOND, port: number });
  interfaces.write(BOND, {
    ...record,
    ...cross,
    outputNode: bench.node('bond-output'),
    domain: OTHER,
    port: 0,
  });
  interfaces.write(OTHER, { ...port, ...cross, domain: BOND, port: 13 });
  for (const { id, port: number } of [...members, { id: OTHER, port: 13 }]) {
    bench.view.setUint16(bench.region('PORT_INTERFACES') + number * 2, id, true);
    ground.interfaces.push(id);
    ground.ports.add(number);
    ground.bridged.set(placeOf(number, []), MTU);
  }
  ground.interfaces.push(BOND);
  writeBond(ground);
}

function writeBond({ topology }: Ground): void {
  const functions = topology.bench.tables<BondFunctions>([
    'setBondPlace',
    'setBondBalance',
    'setBondSlot',
    'setBondMember',
  ]);
  functions.setBondPlace(BOND, PLACE);
  functions.setBondBalance(PLACE, BALANCE_L3_L4);
  for (let slot = 0; slot < BOND_SLOTS; slot++)
    functions.setBondSlot(PLACE, slot, members[slot % 2]?.id ?? 0);
  for (const { id, flags } of members) functions.setBondMember(id, flags);
}

interface BondFunctions {
  setBondPlace(iface: number, place: number): void;
  setBondBalance(place: number, balance: number): void;
  setBondSlot(place: number, slot: number, member: number): void;
  setBondMember(iface: number, flags: number): void;
}
