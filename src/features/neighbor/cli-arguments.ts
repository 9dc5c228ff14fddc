import { optional } from '../../command/argument.ts';
import { integer } from '../../command/argument-types.ts';
import { details, type JsonObject } from '../../command/output.ts';

/** The id of a next hop. */
export function nexthopId(help: string) {
  return integer({ min: 1, help });
}

/** The id that a new next hop shall have. */
export const newNexthopId = optional(nexthopId('The id of the next hop; the router chooses one otherwise.'));

/** Shows what the router chose for something new, unless the user had chosen its number. */
export function showChosen(asked: number | undefined, chosen: JsonObject) {
  return asked === undefined ? details(chosen) : undefined;
}
