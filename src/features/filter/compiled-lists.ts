import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { type FilterFunctions, filterFunctionNames } from './table-functions.ts';
import { imageOf, type PlacedList } from './tree/image.ts';

/** What the shared memory's lists need of the router. */
export type CompiledRouter = Pick<Router, 'tables' | 'view'>;

/** The lists as packets are compared with them, in the shared memory: the one writer there. */
export class CompiledLists {
  readonly #router: CompiledRouter;
  readonly functions: FilterFunctions;
  readonly #images = new Map<number, Uint32Array>();

  constructor(router: CompiledRouter) {
    this.#router = router;
    this.functions = router.tables<FilterFunctions>(filterFunctionNames);
  }

  /** How all lists are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['FILTERS'],
      write: () => {
        for (const [id, image] of this.#images) this.#write(`list ${id}`, id, image);
      },
      release: (before) => {
        const { showFilter } = before<FilterFunctions>(['showFilter']);
        for (const id of this.#images.keys()) showFilter(id, 0);
      },
    };
  }

  has(id: number): boolean {
    return this.#images.has(id);
  }

  /** Bytes of a list. */
  bytes(id: number): number {
    return this.#images.get(id)?.byteLength ?? 0;
  }

  /** Shows packets a list: each meets the rules of before, or these. @throws ApiError ENOMEM */
  show(doing: string, id: number, list: PlacedList): void {
    const image = imageOf(list);
    this.#write(doing, id, image);
    this.#images.set(id, image);
  }

  /** Takes a list away from packets. */
  hide(id: number): void {
    if (this.#images.delete(id)) this.functions.showFilter(id, 0);
  }

  #write(doing: string, id: number, image: Uint32Array): void {
    const block = this.functions.newFilterBlock(image.byteLength);
    if (block === 0) {
      const expected = `room for ${image.byteLength} bytes in the tables' memory`;
      throw new ApiError('ENOMEM', { doing, expected, received: 'none' });
    }
    new Uint32Array(this.#router.view.buffer, block, image.length).set(image);
    this.functions.showFilter(id, block);
  }
}
