import type { TakeFunctions } from '../../engine/host/rewrites.ts';
import { type Mac, macToBytes } from '../../net/mac.ts';

/** The further MAC addresses of interfaces in the shared memory. The only caller of datapath/further-macs.ts. */
export class FurtherMacTable {
  readonly #functions: FurtherMacFunctions;

  constructor(take: TakeFunctions) {
    this.#functions = take<FurtherMacFunctions>(['addFurtherMac', 'deleteFurtherMac']);
  }

  /** Lets packets to an address in; false where the table has no room for it. */
  add(iface: number, mac: Mac): boolean {
    return Boolean(this.#functions.addFurtherMac(iface, ...halves(mac)));
  }

  delete(iface: number, mac: Mac): void {
    this.#functions.deleteFurtherMac(iface, ...halves(mac));
  }
}

interface FurtherMacFunctions {
  addFurtherMac(iface: number, firstFour: number, lastTwo: number): number;
  deleteFurtherMac(iface: number, firstFour: number, lastTwo: number): void;
}

/** The first four bytes and the last two. */
function halves(mac: Mac): [number, number] {
  const bytes = macToBytes(mac);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(0), view.getUint16(4)];
}
