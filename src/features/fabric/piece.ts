/** One thing that a router shall have: a name that says all of it, and the lines of ctl that make it. */
export interface Piece {
  /** Its place, and then what it is there: `port p0 1500 main net_tap0`. */
  readonly key: string;
  /** The object that it is for: `VirtualNetwork default/red`. */
  readonly of?: string;
  /** Make it where nothing is in its place. */
  readonly add: readonly string[];
  /** Make it of what is in its place and called so; without these, `add` does it too. */
  readonly change?: (before: string) => readonly string[];
}

/** How many words of a key say which thing it is: no router has two of them. The rest says what that is like. */
const placeWords: Readonly<Record<string, number>> = {
  route: 3,
  address: 3,
  flood: 3,
};

/** Gives the part of a key that says which thing of the router it is. */
export function placeOf(key: string): string {
  const words = key.split(' ');
  return words.slice(0, placeWords[words[0] ?? ''] ?? 2).join(' ');
}

/** Kinds of pieces, users before what they use: the order in which they are removed. */
const removals: Readonly<Record<string, (first: string, second: string) => string>> = {
  route: (vrf, prefix) => `route del ${prefix} vrf ${vrf}`,
  label: (label) => `label del ${label}`,
  nexthop: (id) => `nexthop del ${id}`,
  flood: (vni, farEnd) => `flood vtep del ${farEnd} vni ${vni}`,
  vxlan: (name) => `interface del ${name}`,
  address: (iface, address) => `address del ${address} iface ${iface}`,
  bridge: (name) => `interface del ${name}`,
  port: (name) => `interface del ${name}`,
  vrf: (name) => `interface del ${name}`,
};

const kinds = Object.keys(removals);

/** Compares keys by the order in which what they name can be removed. */
export function byRemoval(one: string, other: string): number {
  return kinds.indexOf(kindOf(one)) - kinds.indexOf(kindOf(other));
}

/** Gives the line of ctl that removes what a key names. */
export function removalOf(key: string): string {
  const [kind = '', first = '', second = ''] = key.split(' ');
  const removal = removals[kind];
  if (removal === undefined)
    throw new TypeError(`expected a kind of pieces (${kinds.join(', ')}), got ${kind}`);
  return removal(first, second);
}

function kindOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}
