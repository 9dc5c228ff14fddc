import type { Labels } from '../mpls/index.ts';
import type { Reception } from './reception.ts';

/** Takes labels out of tunnels in a VRF while any label means something, whether tunnels lead back or not. */
export function followLabels(
  router: { readonly log: { warn(fields: object, message: string): void } },
  labels: Pick<Labels, 'onUsed'>,
  reception: Pick<Reception, 'open' | 'close'>,
  vrf: () => number,
): void {
  let opened: number | undefined;
  labels.onUsed((used) => {
    if (opened !== undefined) reception.close(opened);
    opened = undefined;
    if (!used) return;
    try {
      const number = vrf();
      reception.open('take labels out of tunnels', number);
      opened = number;
    } catch (error) {
      router.log.warn({ error }, 'labels are taken out of no tunnels');
    }
  });
}
