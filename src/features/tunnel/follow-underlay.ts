import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import type { Tunnels } from './tunnels.ts';

/** What may change the way to a tunnel's far end. */
export interface Underlay {
  readonly interfaces: Pick<Interfaces, 'listen'>;
  readonly nextHops: Pick<NextHops, 'listen'>;
  readonly ip: Pick<IpFeature, 'addresses' | 'routes'>;
}

/**
 * Lets tunnels follow what changes below them: the address that they speak from, and how much they take. (Packets look
 * their way up themselves.) Many changes in a row cost one look.
 */
export function followUnderlay(
  router: Pick<Router, 'quiet' | 'log'>,
  underlay: Underlay,
  tunnels: Pick<Tunnels, 'refresh'>,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    try {
      if (tunnels.refresh()) await router.quiet();
    } catch (error) {
      router.log.error({ error }, 'tunnels do not follow their underlay for now');
    }
    timer = undefined;
    if (again) soon();
  };
  let again = false;
  const soon = () => {
    again = timer !== undefined;
    timer ??= setTimeout(look, PAUSE_MS).unref();
  };
  underlay.ip.routes.onChange(soon);
  underlay.ip.addresses.listen({ added: soon, removed: soon });
  underlay.nextHops.listen({ changed: soon });
  underlay.interfaces.listen({ changed: soon });
  return { close: () => clearTimeout(timer) };
}

const PAUSE_MS = 20;
