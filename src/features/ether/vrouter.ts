import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import { etherTypeEntry } from './ether-types.ts';

/** Ethernet: interfaces in mode VRF give what they receive to ether-input, and ethertypes are dispatched from there. */
export interface EtherFeature {
  /** Gives packets of an ethertype to a stage. */
  takeType(etherType: number, stage: string): void;
  /** Gives whole frames to groups whose ethertype nobody takes to a stage. */
  takeOthers(stage: string): void;
}

/** Makes Ethernet the way into every interface that is routed. */
export function startEther(router: Router, interfaces: Interfaces): EtherFeature {
  interfaces.defineMode('VRF', 'ether-input');
  const table = router.region('ETHER_TYPES');
  return {
    takeType(etherType, stage) {
      const key = `0x${etherType.toString(16).padStart(4, '0')}`;
      router.dispatch.set({ table: 'ether-types', key, stage }, etherTypeEntry(table, etherType));
    },
    takeOthers(stage) {
      router.dispatch.set({ table: 'ether-others', key: 'to a group', stage }, router.region('ETHER_OTHERS'));
    },
  };
}
