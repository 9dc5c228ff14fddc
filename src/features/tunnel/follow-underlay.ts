import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NextHops } from '../neighbor/index.ts';

/** What may change the way to a tunnel's far end. */
export interface Underlay {
  readonly interfaces: Pick<Interfaces, 'listen'>;
  readonly nextHops: Pick<NextHops, 'listen'>;
  readonly ip: Pick<IpFeature, 'addresses' | 'routes'>;
}

/** What looks the ways of its tunnels up anew; true when packets have to pass a quiet point before the next look. */
export type Look = () => boolean;

/** Tunnels that follow their underlay. */
export interface FollowedUnderlay {
  /** Has the ways looked up anew for another reason. */
  soon(): void;
  close(): void;
}

/**
 * Lets tunnels follow what changes below them: the address that they speak from, and how much they take. (Packets look
 * their way up themselves.) Many changes in a row cost one look.
 */
export function followUnderlay(
  router: Pick<Router, 'quiet' | 'log'>,
  underlay: Underlay,
  lookAgain: Look,
): FollowedUnderlay {
  let timer: NodeJS.Timeout | undefined;
  let tookMs = 0;
  const look = async () => {
    const beganMs = performance.now();
    try {
      const changed = lookAgain();
      tookMs = performance.now() - beganMs;
      if (changed) await router.quiet();
    } catch (error) {
      router.log.error({ error }, 'tunnels do not follow their underlay for now');
    }
    timer = undefined;
    if (again) soon();
  };
  let again = false;
  const soon = () => {
    again = timer !== undefined;
    timer ??= setTimeout(look, Math.max(LEAST_PAUSE_MS, tookMs * PAUSES_PER_LOOK)).unref();
  };
  underlay.ip.routes.onChange(soon);
  underlay.ip.addresses.listen({ added: soon, removed: soon });
  underlay.nextHops.listen({ changed: soon });
  underlay.interfaces.listen({ changed: soon });
  return { soon, close: () => clearTimeout(timer) };
}

const LEAST_PAUSE_MS = 20;
/** However many tunnels there are: looking takes at most a twentieth of the control thread's time. */
const PAUSES_PER_LOOK = 19;
