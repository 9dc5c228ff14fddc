import { formatMac, macFromBytes } from '../../src/net/mac.ts';
import { seededRandom } from '../random.ts';
import { betweenStations, smallestFrame, udpFrame } from '../traffic.ts';

/** The MAC address of a station before p0. */
export function nearMac(station: number): string {
  return stationMac(1, station);
}

/** The MAC address of a station behind p1. */
export function farMac(station: number): string {
  return stationMac(2, station);
}

/** Frames of 60 bytes from random stations before p0 to random stations behind p1, of so many on each side. */
export function randomConversations(stations: number, frames: number): readonly Uint8Array[] {
  const random = seededRandom(5);
  return range(frames).map((id) => conversation({ near: random(stations), far: random(stations), id }));
}

/** As many frames of 60 bytes, from each station before p0 to one of its own behind p1, in random order. */
export function allConversations(stations: number): readonly Uint8Array[] {
  const random = seededRandom(6);
  const near = shuffled(stations, random);
  const far = shuffled(stations, random);
  return range(stations).map((id) => conversation({ near: near[id] ?? 0, far: far[id] ?? 0, id }));
}

/** The numbers of so many stations. */
export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

interface Conversation {
  readonly near: number;
  readonly far: number;
  readonly id: number;
}

function conversation({ near, far, id }: Conversation): Uint8Array {
  const ends = { source: address(1, near), destination: address(2, far) };
  const frame = udpFrame({ ...ends, bytes: smallestFrame('ipv4'), id: id & 0xffff });
  return betweenStations(nearMac(near), farMac(far), frame);
}

function stationMac(side: number, station: number): string {
  const bytes = Uint8Array.of(2, 0x10 + side, 0, station >>> 16, (station >>> 8) & 255, station & 255);
  return formatMac(macFromBytes(bytes));
}

function address(side: number, station: number): string {
  return `10.${64 * side + (station >>> 16)}.${(station >>> 8) & 255}.${station & 255}`;
}

function shuffled(count: number, random: (limit: number) => number): readonly number[] {
  const numbers = [...range(count)];
  for (let index = count - 1; index > 0; index--) {
    const other = random(index + 1);
    [numbers[index], numbers[other]] = [numbers[other] ?? 0, numbers[index] ?? 0];
  }
  return numbers;
}
