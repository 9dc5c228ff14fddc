import { ApiError } from './api-error.ts';

/** What users may call the things that they make beside interfaces, such as filters and rate limits. */
export const givenName = {
  expects: 'a name of 1 to 31 letters, digits, ".", "-" and "_"',
  pattern: /^[A-Za-z0-9][\w.-]{0,30}$/,
} as const;

/** @throws ApiError EINVAL */
export function checkGivenName(doing: string, name: string): string {
  if (givenName.pattern.test(name)) return name;
  throw new ApiError('EINVAL', { doing, expected: givenName.expects, received: JSON.stringify(name) });
}
