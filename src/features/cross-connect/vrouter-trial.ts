import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { writeTrialInterface } from '../port/index.ts';
import { type VlanFunctions, vlanFunctionNames } from '../vlan/index.ts';
import { VLAN_INPUT_PLACE } from '../vlan/layout.ts';

/**
 * What a build must do with tags, on the fast way and stage by stage:
 *
 *   port 6 │ interface 21 ─ VLAN 5, interface 23 ═══ cross-connected ═══ interface 22 │ port 7
 */
export const crossConnectTrial = trialBothWays(
  'takes tags out and puts them in between cross-connected interfaces',
  {
    setUp,
    check(datapath) {
      checkExchange(datapath, { name: 'a frame with a tag', from: 6, received: tagged, to: 7, sent: plain });
      checkExchange(datapath, {
        name: 'a frame without a tag',
        from: 7,
        received: plain,
        to: 6,
        sent: tagged,
      });
    },
  },
);

const plain = frameOf(0x88, 0xb5);
const tagged = frameOf(0x81, 0x00, 0x00, 0x05, 0x88, 0xb5);

function frameOf(...types: readonly number[]): Uint8Array {
  const addresses = [2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 1, 2];
  return Uint8Array.from([...addresses, ...types, ...new Array<number>(60).fill(7)]);
}

function setUp(datapath: ScratchDatapath): void {
  const inputSteps = { [VLAN_INPUT_PLACE]: 'vlan-input' };
  const vlan = { output: 'vlan-output', parent: 21, tag: 5 };
  writeTrialInterface(datapath, { id: 21, port: 6, mode: 'ether-input', inputSteps });
  writeTrialInterface(datapath, { id: 22, port: 7, mode: 'xc-forward', domain: 23 });
  writeTrialInterface(datapath, { id: 23, ...vlan, mode: 'xc-forward', domain: 22 });
  const vlans = datapath.tables<VlanFunctions>(vlanFunctionNames);
  vlans.setVlanBlock(21, 1);
  vlans.setVlanMember(1, 5, 23);
}
