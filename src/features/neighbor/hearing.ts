import { isMulticast, isUnspecified } from '../../net/address-scope.ts';
import { HEARD_ANSWER, HEARD_OVERRIDE, HEARD_REQUEST, HEARD_SOLICITED } from './layout.ts';
import type { NeighborEvent } from './neighbor-state.ts';
import type { Heard } from './wire-words.ts';

/** Tells whether somebody unknown is to be learnt: who asks us is, and with snooping whoever speaks. */
export function isStranger({ address, mac, flags }: Heard, snooping: boolean): boolean {
  if (mac === undefined || isMulticast(address) || isUnspecified(address)) return false;
  return snooping || (flags & HEARD_REQUEST) !== 0;
}

/**
 * What a message means for the neighbour that has sent it. Who asks by ARP is there; by ND only an answer that we
 * have asked for proves that the way back works too (RFC 4861 7.2.3, 7.2.5).
 */
export function heardEvent({ address, mac, flags }: Heard): NeighborEvent {
  if (address.family === 'ipv4') {
    return { type: 'heard', mac, confirms: (flags & (HEARD_REQUEST | HEARD_ANSWER)) !== 0, replaces: true };
  }
  return {
    type: 'heard',
    mac,
    confirms: (flags & HEARD_ANSWER) !== 0 && (flags & HEARD_SOLICITED) !== 0,
    replaces: (flags & (HEARD_REQUEST | HEARD_OVERRIDE)) !== 0,
  };
}
