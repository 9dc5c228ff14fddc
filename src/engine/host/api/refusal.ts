import { type ContextValues, createContextKey, createContextValues } from '@connectrpc/connect';
import { ApiError } from '../../api-error.ts';

const refusalKey = createContextKey<ApiError | undefined>(undefined);

/** What a call is handed when it is to be refused, whatever it asks for: its answer is that error, in its protocol. */
export function refusing(error: ApiError): ContextValues {
  return createContextValues().set(refusalKey, error);
}

/** @throws ApiError the one that the call is to be refused with */
export function refuseIfAsked(values: ContextValues): void {
  const refusal = values.get(refusalKey);
  if (refusal) throw refusal;
}

/** Why one more connection, or call, is not served. */
export function tooMany(what: 'connections' | 'calls', most: number): ApiError {
  return new ApiError('EUSERS', {
    doing: 'calling the router',
    expected: `at most ${most} ${what} at once`,
    received: 'one more',
  });
}
