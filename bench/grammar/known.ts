const exposed = 'no `exposed`: what addresses are announced is said by routing, not by the address';
const drivers =
  'devices of this DPDK count other things, and what has counted nothing is left out without "zero"';

/** Lines whose answers are known to differ, and why; docs/cli.md says the same. */
export const known: Readonly<Record<string, string>> = {
  address: exposed,
  'address show': exposed,
  'address show ipv4': exposed,
  'address show iface p0': exposed,
  'address show ipv4 iface p0': exposed,
  'stats show hardware': drivers,
};
