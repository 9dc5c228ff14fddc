/** What the datapath exports to the keeper of the lists: datapath/filters.ts. */
export interface FilterFunctions {
  newFilterBlock(bytes: number): number;
  showFilter(list: number, block: number): void;
  setFilterBinding(iface: number, into: number, out: number): void;
  setFilterKey(word: number, value: number): void;
  explainFilter(list: number, family: number): number;
}

export const filterFunctionNames = [
  'newFilterBlock',
  'showFilter',
  'setFilterBinding',
  'setFilterKey',
  'explainFilter',
] as const;
