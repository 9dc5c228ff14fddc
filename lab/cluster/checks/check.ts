import type { Place } from '../place.ts';
import type { LabRecord } from '../record.ts';

/** A lab that is looked at. */
export interface Lab {
  readonly place: Place;
  readonly record: LabRecord;
}

/** Something that is to be so in a lab. */
export interface LabCheck {
  readonly name: string;
  /** Resolves to what was seen, in a few words. @throws Error when it is not so */
  readonly look: () => Promise<string>;
}
