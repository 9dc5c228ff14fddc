import type { ConnectError } from '@connectrpc/connect';
import { ApiError } from '../../api-error.ts';
import type { ApiLimits } from './limits.ts';
import { toConnectError } from './wire-error.ts';

/**
 * Takes in what clients send, only so much of all together, and each message of a call that has one within a time.
 * A request that turns out to be large is given room for the largest message at once, or refused at once: were all
 * given what has come of them, all would be refused halfway.
 */
export class Intake {
  readonly #limits: ApiLimits;
  #pending = 0;

  constructor(limits: ApiLimits) {
    this.#limits = limits;
  }

  /** Begins to take the request of a call; a stream of requests may take any time. */
  open(body: AsyncIterable<Uint8Array>, kind: 'message' | 'stream'): Portion {
    let held = 0;
    let came = 0;
    const hold = (bytes: number) => {
      came += bytes;
      const wanted = came < SMALL ? 0 : this.#limits.messageBytes;
      if (this.#pending + wanted - held > this.#limits.pendingBytes) throw tooMuch(this.#limits);
      this.#pending += wanted - held;
      held = wanted;
    };
    const late = kind === 'message' ? this.#limits.patienceMs : undefined;
    return {
      body: take(body, hold, late),
      close: () => {
        this.#pending -= held;
        held = 0;
      },
    };
  }
}

/** Bytes below which a request is not counted: there can be as many as calls. */
export const SMALL = 64 << 10;

/** A request that is being taken in. */
export interface Portion {
  readonly body: AsyncIterable<Uint8Array>;
  /** Its call is answered, or has ended otherwise. */
  readonly close: () => void;
}

async function* take(
  body: AsyncIterable<Uint8Array>,
  hold: (bytes: number) => void,
  patienceMs: number | undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const patience = patienceMs === undefined ? undefined : new Patience(patienceMs);
  try {
    for (;;) {
      const step = await (patience ? patience.wait(chunks.next()) : chunks.next());
      if (step.done === true) return;
      hold(step.value.length);
      yield step.value;
    }
  } finally {
    patience?.end();
    discard(chunks);
  }
}

/** Reads the rest for nobody: a client that may not go on sending might not get to its answer. */
async function discard(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    while ((await chunks.next()).done !== true);
  } catch {
    // The connection has gone, and the rest with it.
  }
}

/** A time within which all is to have come. */
class Patience {
  readonly #timer: NodeJS.Timeout;
  readonly #late = Promise.withResolvers<never>();

  constructor(milliseconds: number) {
    this.#late.promise.catch(() => undefined);
    this.#timer = setTimeout(() => this.#late.reject(tooLate(milliseconds)), milliseconds).unref();
  }

  wait<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#late.promise]);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

const doing = 'receiving a request';

function tooMuch({ pendingBytes }: ApiLimits): ConnectError {
  const expected = `at most ${pendingBytes >> 20} MiB of requests at once`;
  return toConnectError(new ApiError('ENOBUFS', { doing, expected, received: 'more; try again later' }));
}

/** The error of a request that does not come to its end. */
export function tooLate(milliseconds: number): ConnectError {
  const expected = `all of it within ${milliseconds / 1000} s`;
  return toConnectError(new ApiError('ETIMEDOUT', { doing, expected, received: 'a part' }));
}
