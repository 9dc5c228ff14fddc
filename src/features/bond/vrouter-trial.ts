import { isDeepStrictEqual } from 'node:util';
import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseMac } from '../../net/mac.ts';
import { type InterfaceRecord, InterfaceTable, type TakeFunctions } from '../interface/index.ts';
import { INTERFACE_RUNNING, INTERFACE_UP } from '../interface/layout.ts';
import { BondTable } from './bond-table.ts';
import { shareSlots } from './slots.ts';

/**
 * What a build must do with frames of a bond, on the fast way and stage by stage:
 *
 *   port 11 │ interface 41 ═╗                          ┌ interface 44 │ port 13
 *   port 12 │ interface 42 ═╩═ bond 43 ═ cross-connected
 *           (the second member is not used)
 */
export const bondTrial = trialBothWays('sends and receives by the members of a bond that are used', {
  setUp,
  check(datapath) {
    checkExchange(datapath, { name: 'a frame to a bond', from: 11, received: frame, to: 13, sent: frame });
    checkExchange(datapath, { name: 'a frame of a bond', from: 13, received: frame, to: 11, sent: frame });
    const { ended } = datapath.receive(12, [frame]);
    if (!isDeepStrictEqual(ended, { 'bond-inactive': 1 }))
      throw new Error(`a frame to a member that is not used became ${JSON.stringify(ended)}`);
  },
});

const frame = Uint8Array.from([
  2,
  0,
  0,
  0,
  1,
  1,
  2,
  0,
  0,
  0,
  1,
  2,
  0x88,
  0xb5,
  ...new Array<number>(60).fill(7),
]);
const [USED, UNUSED, BOND, OTHER, PLACE] = [41, 42, 43, 44, 1];

function setUp(datapath: ScratchDatapath): void {
  const take: TakeFunctions = (names) => tableFunctions(datapath.control.exports, names);
  const interfaces = new InterfaceTable(take);
  const stage = (name: string) => datapath.node(name);
  const record: Omit<InterfaceRecord, 'modeNode' | 'outputNode' | 'domain' | 'port'> = {
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:43'),
  };
  const port = { ...record, outputNode: stage('port-tx') };
  const cross = { modeNode: stage('xc-forward') };
  for (const [id, number] of [
    [USED, 11],
    [UNUSED, 12],
  ] as const)
    interfaces.write(id, { ...port, modeNode: stage('bond-input'), domain: BOND, port: number });
  interfaces.write(OTHER, { ...port, ...cross, domain: BOND, port: 13 });
  interfaces.write(BOND, { ...record, ...cross, outputNode: stage('bond-output'), domain: OTHER, port: 0 });
  for (const [number, id] of [
    [11, USED],
    [12, UNUSED],
    [13, OTHER],
  ] as const)
    datapath.view.setUint16(datapath.region('PORT_INTERFACES') + number * 2, id, true);
  const bonds = new BondTable(take);
  bonds.setPlace(BOND, PLACE);
  bonds.setBalance(PLACE, 'l3+l4');
  bonds.setSlots(PLACE, shareSlots([], [USED]));
  bonds.setMember(USED, { takes: true, lacp: false });
  bonds.setMember(UNUSED, { takes: false, lacp: false });
}
