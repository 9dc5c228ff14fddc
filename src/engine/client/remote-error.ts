import { type ErrnoName, isErrnoName } from '../../net/errno.ts';

/** Says that the router refused or failed a call. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: ErrnoName;
  readonly doing: string;
  readonly expected: string;
  readonly received: string;

  constructor(message: string, detail: Detail) {
    super(message);
    this.code = detail.code;
    this.doing = detail.doing ?? '';
    this.expected = detail.expected ?? '';
    this.received = detail.received ?? '';
  }
}

/** Reads the JSON form of an error in the Connect protocol; anything else becomes EPROTO. */
export function parseRemoteError(text: string, status?: number): RemoteError {
  const body = parseObject(text);
  const message = body['message'] ?? body['code'];
  if (status === 404 && typeof message !== 'string') {
    return new RemoteError('expected a router that knows this command, got an older one', { code: 'ENOSYS' });
  }
  if (typeof message !== 'string') {
    return notRouter(text);
  }
  const details: unknown = body['details'];
  const detail = Array.isArray(details)
    ? details.map(detailOf).find((each) => each !== undefined)
    : undefined;
  return new RemoteError(message, detail ?? { code: errnos[String(body['code'])] ?? 'EIO' });
}

/** Reads the JSON form of a message; throws EPROTO when it is none. */
export function parseMessage<Message>(text: string): Message {
  try {
    return JSON.parse(text);
  } catch {
    throw notRouter(text);
  }
}

function notRouter(text: string): RemoteError {
  const received = JSON.stringify(text.slice(0, 80));
  return new RemoteError(`expected an answer of a router, got ${received}`, { code: 'EPROTO' });
}

interface Detail {
  readonly code: ErrnoName;
  readonly doing?: string;
  readonly expected?: string;
  readonly received?: string;
}

// The codes of errors that the API server raises before it reaches an implementation.
const errnos: Readonly<Record<string, ErrnoName>> = {
  canceled: 'ECANCELED',
  invalid_argument: 'EINVAL',
  deadline_exceeded: 'ETIMEDOUT',
  not_found: 'ENOENT',
  already_exists: 'EEXIST',
  permission_denied: 'EACCES',
  resource_exhausted: 'EMSGSIZE',
  unimplemented: 'ENOSYS',
  unavailable: 'EAGAIN',
};

function detailOf(detail: unknown): Detail | undefined {
  const debug = isObject(detail) ? detail['debug'] : undefined;
  if (!isObject(debug) || !isErrnoName(debug['code'])) return undefined;
  return {
    code: debug['code'],
    doing: String(debug['doing'] ?? ''),
    expected: String(debug['expected'] ?? ''),
    received: String(debug['received'] ?? ''),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
