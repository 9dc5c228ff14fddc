import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkDrop, checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame } from '../../net/frame/build.ts';
import { writeTrialInterface } from '../port/index.ts';
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
    const name = 'a frame to a member that is not used';
    checkDrop(datapath, { name, from: 12, received: frame, drop: 'bond-inactive' });
  },
});

const stations = { destination: '02:00:00:00:01:01', source: '02:00:00:00:01:02' };
const frame = etherFrame({ ...stations, etherType: 0x88b5 }, new Uint8Array(60).fill(7));
const [USED, UNUSED, BOND, OTHER, PLACE] = [41, 42, 43, 44, 1];

function setUp(datapath: ScratchDatapath): void {
  writeTrialInterface(datapath, { id: USED, port: 11, mode: 'bond-input', domain: BOND });
  writeTrialInterface(datapath, { id: UNUSED, port: 12, mode: 'bond-input', domain: BOND });
  writeTrialInterface(datapath, { id: BOND, mode: 'xc-forward', output: 'bond-output', domain: OTHER });
  writeTrialInterface(datapath, { id: OTHER, port: 13, mode: 'xc-forward', domain: BOND });
  const bonds = new BondTable(datapath.tables);
  bonds.setPlace(BOND, PLACE);
  bonds.setBalance(PLACE, 'l3+l4');
  bonds.setSlots(PLACE, shareSlots([], [USED]));
  bonds.setMember(USED, { takes: true, lacp: false });
  bonds.setMember(UNUSED, { takes: false, lacp: false });
}
