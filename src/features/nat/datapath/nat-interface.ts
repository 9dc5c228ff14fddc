import { NAT_INTERFACES } from '../../../engine/datapath/regions';

/** What is translated on an interface: 16 bytes, by its id. */
@unmanaged
export class NatInterface {
  /** NAT_STATIC_RULES, NAT_SOURCE_RULES. */
  flags: u32;
  spare: u32;
  /** Its source rules, longest prefix first, and how many: changed in one step. */
  rules: u32;
  ruleCount: u32;
}

/** Sources of a subnet become one address: 16 bytes. */
@unmanaged
export class SourceRule {
  /** In host order. */
  subnet: u32;
  mask: u32;
  replaceRaw: u32;
  spare: u32;
}

/** @remembered */
export function natInterfaceAt(id: u32): NatInterface {
  return changetype<NatInterface>(NAT_INTERFACES + ((<usize>id) << 4));
}

/** The address that takes a source's place on an interface; zero where it keeps its own. */
export function sourceFor(id: u32, sourceRaw: u32): u32 {
  const list = atomic.load<u64>(listOf(id));
  const source = bswap(sourceRaw);
  for (let i: u32 = 0; i < <u32>(list >> 32); i++) {
    const rule = changetype<SourceRule>(<usize>(<u32>list) + ((<usize>i) << 4));
    if ((source & rule.mask) == rule.subnet) return rule.replaceRaw;
  }
  return 0;
}

/** Tells whether an address is one that sources become on an interface. */
export function isOutside(id: u32, addressRaw: u32): bool {
  const list = atomic.load<u64>(listOf(id));
  for (let i: u32 = 0; i < <u32>(list >> 32); i++)
    if (changetype<SourceRule>(<usize>(<u32>list) + ((<usize>i) << 4)).replaceRaw == addressRaw) return true;
  return false;
}

/** Where the address and count of an interface's rules lie, in one word. */
export function listOf(id: u32): usize {
  return changetype<usize>(natInterfaceAt(id)) + offsetof<NatInterface>('rules');
}
