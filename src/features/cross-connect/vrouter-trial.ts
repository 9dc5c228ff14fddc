import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseMac } from '../../net/mac.ts';
import { type InterfaceRecord, InterfaceTable } from '../interface/index.ts';
import { INTERFACE_RUNNING, INTERFACE_UP } from '../interface/layout.ts';
import { type VlanFunctions, vlanFunctionNames } from '../vlan/index.ts';

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
  const { exports } = datapath.control;
  const interfaces = new InterfaceTable((names) => tableFunctions(exports, names));
  const stage = (name: string) => datapath.node(name);
  const record: Omit<InterfaceRecord, 'modeNode' | 'outputNode' | 'domain' | 'port'> = {
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:01'),
  };
  const [cross, port] = [{ modeNode: stage('xc-forward') }, { outputNode: stage('port-tx') }];
  const routed = { modeNode: stage('ether-input'), inputSteps: new Map([[0, stage('vlan-input')]]) };
  interfaces.write(21, { ...record, ...routed, ...port, port: 6, domain: 0 });
  interfaces.write(22, { ...record, ...cross, ...port, port: 7, domain: 23 });
  const vlan = { outputNode: stage('vlan-output'), port: 0, domain: 22, parent: 21, tag: 5 };
  interfaces.write(23, { ...record, ...cross, ...vlan });
  for (const [each, id] of [
    [6, 21],
    [7, 22],
  ] as const) {
    datapath.view.setUint16(datapath.region('PORT_INTERFACES') + each * 2, id, true);
  }
  const vlans = tableFunctions<VlanFunctions>(exports, vlanFunctionNames);
  vlans.setVlanBlock(21, 1);
  vlans.setVlanMember(1, 5, 23);
}
