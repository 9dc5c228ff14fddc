import { ApiError } from '../../engine/api-error.ts';
import { SERVICE_TAG, VLAN_ID_MASK } from './layout.ts';

/** The tag that tells a sub-interface's frames apart on its parent. */
export interface Tag {
  readonly vlanId: number;
  readonly proto: TagProto;
}

/** How a tag is sent: with the ethertype of a customer's (802.1Q) or a service provider's (802.1ad). */
export type TagProto = '802.1q' | '802.1ad';

/** Reads a tag from an interface's record. */
export function tagOf(word = 0): Tag {
  return { vlanId: word & VLAN_ID_MASK, proto: word & SERVICE_TAG ? '802.1ad' : '802.1q' };
}

/** Writes a tag as an interface's record has it. @throws ApiError ERANGE, EINVAL */
export function wordOf(doing: string, tag: { readonly vlanId: number; readonly proto: string }): number {
  const { vlanId, proto } = tag;
  if (!Number.isInteger(vlanId) || vlanId < 1 || vlanId > LAST_VLAN) {
    throw new ApiError('ERANGE', {
      doing,
      expected: `a vlan_id of 1 to ${LAST_VLAN}`,
      received: String(vlanId),
    });
  }
  if (proto !== '802.1q' && proto !== '802.1ad') {
    const expected = 'the proto "802.1q" or "802.1ad"';
    throw new ApiError('EINVAL', { doing, expected, received: JSON.stringify(proto) });
  }
  return proto === '802.1ad' ? vlanId | SERVICE_TAG : vlanId;
}

/** 4095 is reserved (IEEE 802.1Q table 9-2). */
const LAST_VLAN = 4094;
