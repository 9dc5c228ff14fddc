/** Who has given a route: the words of `route show`, numbered as the route table keeps them. */
export const origins = [
  'link',
  'learn',
  'static',
  'zebra',
  'bgp',
  'ospf',
  'isis',
  'dhcp',
  'rip',
  'ripng',
  'eigrp',
  'babel',
  'internal',
] as const;

/** A route's origin. */
export type Origin = (typeof origins)[number];

/** Number of an origin; undefined for a word that is none. */
export function originNumber(word: string): number | undefined {
  const number = origins.indexOf(word as Origin);
  return number < 0 ? undefined : number;
}

/** Number of an origin that is known to be one. */
export function numberOf(origin: Origin): number {
  return origins.indexOf(origin);
}

/** Word of an origin's number. */
export function originWord(number: number): Origin {
  return origins[number] ?? 'static';
}
