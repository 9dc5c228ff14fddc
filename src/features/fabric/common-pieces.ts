import type { Piece } from './piece.ts';

export function vrfPiece(name: string): Piece {
  return { key: `vrf ${name}`, add: [`interface add vrf ${name}`] };
}

export function addressPiece(iface: string, address: string): Piece {
  return { key: `address ${iface} ${address}`, add: [`address add ${address} iface ${iface}`] };
}
