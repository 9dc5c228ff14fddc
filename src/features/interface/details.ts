import type { JsonObject } from '@bufbuild/protobuf';

/** What a type of interface adds to what all have. */
export interface InterfaceDetails {
  /** Words of the column INFO, such as "vlan_id=7". */
  readonly info: readonly string[];
  /** Fields of its JSON, in the grammar's words. */
  readonly fields: JsonObject;
}
