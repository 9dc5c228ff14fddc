import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Policers } from '../police/index.ts';
import { Bindings } from './bindings.ts';
import { Filters } from './filters.ts';
import { filterService } from './service.ts';

export { showFilters } from './telemetry.ts';

/** Sets up access lists and their service. */
export function startFilters(
  router: Router,
  { interfaces, policers }: { readonly interfaces: Interfaces; readonly policers: Policers },
): Filters {
  const filters = new Filters(router, policers);
  const bindings = new Bindings(filters, interfaces);
  for (const rewrite of [filters.lists.rewrite, bindings.rewrite]) router.rewrites.add(rewrite);
  router.services.push(filterService({ filters, bindings, interfaces }));
  return filters;
}
