import { VLAN_PARENTS } from '../../../engine/datapath/regions';
import { memberAt } from './vlan';

/** Says in which block an interface's members are, zero for none. */
export function setVlanBlock(parent: u32, block: u32): void {
  store<u16>(VLAN_PARENTS + ((<usize>parent) << 1), <u16>block);
}

/** Says which sub-interface a block has for a VLAN, zero for none. */
export function setVlanMember(block: u32, vlanId: u32, id: u32): void {
  store<u16>(memberAt(block, vlanId), <u16>id);
}
