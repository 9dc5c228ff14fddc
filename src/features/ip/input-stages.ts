/** Which stage takes packets of which ethertype. */
export const inputStages = [
  [0x0800, 'ip4-input'],
  [0x86dd, 'ip6-input'],
] as const;
