import { Code, ConnectError } from '@connectrpc/connect';
import { type ErrnoName, errnoNumber, isErrnoName } from '../../../net/errno.ts';
import { shortened } from '../../api-error.ts';
import { ErrorDetailSchema } from './engine_pb.js';

/**
 * Turns whatever an implementation threw into what goes over the wire.
 *
 * Any error whose `code` is the name of an errno keeps it, with `doing`, `expected` and `received` where it
 * has them; every other one is a fault of the router and becomes EIO.
 */
export function toConnectError(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  const code = errnoOf(reason);
  const message = shortened(reason instanceof Error ? reason.message : String(reason), LONGEST_MESSAGE);
  return new ConnectError(
    message,
    statusOf(code ?? 'EIO'),
    undefined,
    [detailOf(code ?? 'EIO', reason)],
    reason,
  );
}

/** Tells whether an error is a fault of the router: nothing that it foresaw and gave a code. */
export function isFault(reason: unknown): boolean {
  return !(reason instanceof ConnectError) && errnoOf(reason) === undefined;
}

function errnoOf(reason: unknown): ErrnoName | undefined {
  if (!(reason instanceof Error) || !('code' in reason)) return undefined;
  return isErrnoName(reason.code) ? reason.code : undefined;
}

function detailOf(code: ErrnoName, reason: unknown) {
  const value = {
    code,
    errno: errnoNumber(code),
    doing: textOf(reason, 'doing'),
    expected: textOf(reason, 'expected'),
    received: textOf(reason, 'received'),
  };
  return { desc: ErrorDetailSchema, value };
}

function textOf(reason: unknown, key: string): string {
  if (!(reason instanceof Error)) return '';
  const value: unknown = Reflect.get(reason, key);
  return typeof value === 'string' ? shortened(value) : '';
}

// Longer than what an ApiError makes of its parts.
const LONGEST_MESSAGE = 4000;

function statusOf(code: ErrnoName): Code {
  return statuses[code] ?? Code.Internal;
}

const statuses: Partial<Record<ErrnoName, Code>> = {
  ENOENT: Code.NotFound,
  ENODEV: Code.NotFound,
  ENXIO: Code.NotFound,
  ESRCH: Code.NotFound,
  EEXIST: Code.AlreadyExists,
  EADDRINUSE: Code.AlreadyExists,
  EINVAL: Code.InvalidArgument,
  ENAMETOOLONG: Code.InvalidArgument,
  EAFNOSUPPORT: Code.InvalidArgument,
  EADDRNOTAVAIL: Code.InvalidArgument,
  ERANGE: Code.OutOfRange,
  EOVERFLOW: Code.OutOfRange,
  EBUSY: Code.FailedPrecondition,
  ENOTEMPTY: Code.FailedPrecondition,
  ENETDOWN: Code.FailedPrecondition,
  ENETUNREACH: Code.FailedPrecondition,
  EHOSTUNREACH: Code.FailedPrecondition,
  EPERM: Code.PermissionDenied,
  EACCES: Code.PermissionDenied,
  ENOSPC: Code.ResourceExhausted,
  ENOMEM: Code.ResourceExhausted,
  ENOBUFS: Code.ResourceExhausted,
  EUSERS: Code.ResourceExhausted,
  EMFILE: Code.ResourceExhausted,
  ENOSYS: Code.Unimplemented,
  ENOTSUP: Code.Unimplemented,
  EOPNOTSUPP: Code.Unimplemented,
  EPROTONOSUPPORT: Code.Unimplemented,
  EAGAIN: Code.Unavailable,
  ETIMEDOUT: Code.DeadlineExceeded,
  ECANCELED: Code.Canceled,
};
