import { type Mac, macFromBytes } from '../../net/mac.ts';
import { macWord } from '../neighbor/index.ts';
import type { Station } from './fdb-entry.ts';

/** The key of a station as the datapath holds it: the MAC address, first byte lowest, then the bridge. */
export function stationKey({ bridge, mac }: Pick<Station, 'bridge' | 'mac'>): bigint {
  return macWord(mac) | (BigInt(bridge) << 48n);
}

/** Reads a MAC address from the low 48 bits of a word, the first byte lowest. */
export function macOfWord(word: bigint): Mac {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, word, true);
  return macFromBytes(bytes.subarray(0, 6));
}
