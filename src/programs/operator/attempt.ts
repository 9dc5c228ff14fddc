/** What was made, or why it could not be. */
export type Attempt<Value> =
  | { readonly value: Value; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: string };

/** Makes something, and keeps the reason when that fails: one bad object never stops the others. */
export function attempt<Value>(make: () => Value): Attempt<Value> {
  try {
    return { value: make() };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
