import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';

/** Takes a frame as though a port had received it. @throws ApiError ENODEV, EINVAL, ENOBUFS */
export function injectFrame(
  router: Pick<Router, 'send'>,
  interfaces: Pick<Interfaces, 'named'>,
  { name, frame }: { readonly name: string; readonly frame: Uint8Array },
): void {
  const doing = `injecting a frame at port ${name}`;
  const { port } = interfaces.named(doing, name, 'port');
  if (frame.length < SHORTEST || frame.length > LONGEST)
    throw new ApiError('EINVAL', {
      doing,
      expected: `a frame of ${SHORTEST} to ${LONGEST} bytes`,
      received: `${frame.length} bytes`,
    });
  if (!router.send(frame, 'port-rx', { port }))
    throw new ApiError('ENOBUFS', {
      doing,
      expected: 'a free packet buffer, and a worker with room',
      received: 'none',
    });
}

/** An Ethernet header. */
const SHORTEST = 14;
const LONGEST = 9216;
