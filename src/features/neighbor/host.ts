import type { Dispatch } from '../../engine/host/dispatch.ts';
import type { Packets } from '../../engine/host/packets.ts';
import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';

/** What this feature uses of the router. */
export type NeighborRouter = Pick<
  Router,
  'node' | 'tables' | 'inject' | 'send' | 'onPunt' | 'emit' | 'quiet' | 'quietUnhurried'
> & {
  readonly packets: Pick<Packets, 'bytes' | 'fields'>;
  readonly dispatch: Pick<Dispatch, 'note'>;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
};

/** What this feature uses of the interfaces. */
export type InterfaceList = Pick<Interfaces, 'find' | 'named' | 'vrfNamed' | 'vrfName' | 'listen'>;
