import type { Mac } from '../../net/mac.ts';

/** What tells one station from others: the same address may live in several bridges, and in several VLANs of one. */
export interface Station {
  /** Interface id of the bridge. */
  readonly bridge: number;
  readonly mac: Mac;
  /** The tag's VLAN where frames come to the bridge with one, zero for frames without. */
  readonly vlan: number;
}

/** Who has said where a station is: its own frames, a user, or a program that knows (EVPN). */
export type FdbOrigin = 'learn' | 'static' | 'extern';

/** Where a station is. */
export interface FdbEntry extends Station {
  /** The member it is behind. */
  readonly iface: number;
  /** Of members with far ends, which one: the member's type knows what the number means. Zero for all of them. */
  readonly far: number;
  readonly origin: FdbOrigin;
}

/** What a type of members with far ends, such as tunnels, tells of them. */
export interface FarEnds {
  /** A far end as `fdb show` writes it in the column VTEP. */
  text(iface: number, far: number): string;
  /** The far end that a user has written; it is in use from then on. @throws ApiError EINVAL, ENOSPC */
  parse(doing: string, iface: number, text: string): number;
  /** Where stations are while an interface of the type is no bridge's member: the type keeps that itself then. */
  readonly stations?: OwnStations;
}

/** The stations that interfaces with far ends know by themselves, as if each were a bridge of its own. */
export interface OwnStations {
  /** Says behind which far end a station is. @throws ApiError EINVAL, ENOSPC */
  put(doing: string, station: { readonly iface: number; readonly mac: Mac; readonly far: number }): void;
  /** Forgets a station; false where it was not known. */
  remove(iface: number, mac: Mac): boolean;
  /** What is known; the bridge of an entry is the interface itself. */
  list(): Iterable<FdbEntry & { readonly ageS: number }>;
}

/** Hears of entries: an entry that has moved was there before. */
export interface FdbListener {
  added?(entry: FdbEntry, before: FdbEntry | undefined): void;
  removed?(entry: FdbEntry): void;
}
