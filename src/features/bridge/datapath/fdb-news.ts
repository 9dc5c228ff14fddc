import { Event, newEventWithin, putEvent } from '../../../engine/datapath/events';
import { worker } from '../../../engine/datapath/instance';
import { NODE_BRIDGE_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { FDB_NEWS_OFFSET } from '../../../engine/datapath/regions';
import { EVENT_SLOTS } from '../../../engine/layout';
import { fdbState } from './fdb';

/** What a worker has told the control thread of late, and what it has not: 64 bytes, then what it has told. */
@unmanaged
export class FdbNews {
  second: u32;
  /** News told in that second. */
  told: u32;
  /** Strangers not learnt since the start: too many in one second, or no room for them. */
  unlearnt: u64;
}

/** Where a station was said to be, and in which second: 32 bytes. */
@unmanaged
class Told {
  key: u64;
  value: u64;
  second: u32;
  spare: u32;
  spare2: u64;
}

const TOLD_BITS: u64 = 10;
/** News of one worker in one second: a flood of made-up addresses keeps neither table nor control thread busy. */
const MOST_TOLD: u32 = 8192;
/** As much of the ring of events may they take. */
const MOST_WAITING: u32 = EVENT_SLOTS / 4;
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/**
 * Tells the control thread where a station has shown up, once in a second. The event's 48 bytes:
 *
 *   0 MAC, bridge │ 8 far end, member, VLAN: as in the table of stations (datapath/fdb.ts)
 */
export function tellStation(packet: Packet, key: u64, value: u64): void {
  const news = newsOf();
  const told = toldOf(news, key);
  const second = fdbState().second;
  if (told.key == key && told.value == value && told.second == second) return;
  const event = newsEvent(NODE_BRIDGE_INPUT, packet);
  if (event === null) {
    news.unlearnt++;
    return;
  }
  told.key = key;
  told.value = value;
  told.second = second;
  event.data0 = key;
  event.data1 = value;
  putEvent();
}

/** Room for news of a stage, or null when it has told enough in this second. */
export function newsEvent(stage: u32, packet: Packet): Event | null {
  const news = newsOf();
  const second = fdbState().second;
  if (news.second != second) {
    news.second = second;
    news.told = 0;
  }
  const event = news.told < MOST_TOLD ? newEventWithin(stage, MOST_WAITING) : null;
  if (event === null) return null;
  news.told++;
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  return event;
}

/** Counts a stranger for whom there is no room. */
export function countUnlearnt(): void {
  newsOf().unlearnt++;
}

function newsOf(): FdbNews {
  return changetype<FdbNews>(changetype<usize>(worker) + FDB_NEWS_OFFSET);
}

function toldOf(news: FdbNews, key: u64): Told {
  return changetype<Told>(
    changetype<usize>(news) + 64 + ((<usize>((key * SPREAD) >> (64 - TOLD_BITS))) << 5),
  );
}
