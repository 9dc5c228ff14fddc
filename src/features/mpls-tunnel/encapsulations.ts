import { ApiError } from '../../engine/api-error.ts';

/** What labels, or the frames and packets below them, can travel in between two routers. */
export const encapsulations = ['mplsoudp', 'mplsogre', 'vxlan'] as const;

export type Encapsulation = (typeof encapsulations)[number];

/** The encapsulations that carry labels. */
export type LabelEncapsulation = Exclude<Encapsulation, 'vxlan'>;

/** Chooses the first encapsulation of our order that the far end offers too; undefined when they have none in common. */
export function chooseEncapsulation(
  ours: readonly Encapsulation[],
  theirs: readonly Encapsulation[],
): Encapsulation | undefined {
  return ours.find((each) => theirs.includes(each));
}

/** Reads names of encapsulations, in any letter case; all of them, in the usual order, where none is given. @throws ApiError EINVAL */
export function readEncapsulations(doing: string, names: readonly string[]): readonly Encapsulation[] {
  const read = names.map((name) => readEncapsulation(doing, name));
  const twice = read.find((each, place) => read.indexOf(each) !== place);
  if (twice) throw new ApiError('EINVAL', { doing, expected: 'each encapsulation once', received: twice });
  return read.length === 0 ? encapsulations : read;
}

/** Says that an encapsulation carries labels. @throws ApiError EPROTONOSUPPORT with what is to be made instead */
export function checkCarriesLabels(
  doing: string,
  choice: Encapsulation | undefined,
  lists: { readonly ours: readonly Encapsulation[]; readonly theirs: readonly Encapsulation[] },
): LabelEncapsulation {
  if (choice !== undefined && choice !== 'vxlan') return choice;
  const from = `of ${lists.ours.join(', ')} here and ${lists.theirs.join(', ')} there`;
  if (choice === undefined) {
    const expected = 'an encapsulation that both ends have';
    throw new ApiError('EPROTONOSUPPORT', { doing, expected, received: `none ${from}` });
  }
  const missing =
    'a VNI for each VRF and bridge (interface add vxlan NAME vni VNI local IP) and a far end for its floods ' +
    '(flood vtep add IP vni VNI)';
  throw new ApiError('EPROTONOSUPPORT', {
    doing,
    expected: `an encapsulation that carries labels; what is missing for VXLAN is ${missing}`,
    received: `vxlan, the first ${from}`,
  });
}

function readEncapsulation(doing: string, name: string): Encapsulation {
  const found = encapsulations.find((each) => each === name.toLowerCase());
  if (found) return found;
  const expected = `encapsulations of ${encapsulations.join(', ')}`;
  throw new ApiError('EINVAL', { doing, expected, received: JSON.stringify(name) });
}
