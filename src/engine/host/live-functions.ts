import { type Instance, tableFunctions } from './datapath.ts';

/** The functions of the control thread's instance: those that were handed out stay good when another build takes over. */
export class LiveFunctions {
  readonly #handedOut: { readonly names: readonly string[]; readonly functions: object }[] = [];
  #exports: Instance['exports'];

  constructor(exports: Instance['exports']) {
    this.#exports = exports;
  }

  /** Functions by name. @throws Error with those that are missing */
  take<T>(names: readonly (keyof T & string)[]): T {
    const functions = pick<T>(this.#exports, names);
    this.#handedOut.push({ names, functions: functions as object });
    return functions;
  }

  /** All functions of the instance. */
  get exports(): Instance['exports'] {
    return this.#exports;
  }

  /** All that were handed out, with how many parameters each takes. */
  get parameters(): Readonly<Record<string, number>> {
    return Object.assign({}, ...this.#handedOut.map(({ functions }) => lengthsOf(functions)));
  }

  /** Lets all that were handed out be those of another instance from now on. @throws Error when it lacks some */
  replace(exports: Instance['exports']): void {
    const fresh = this.#handedOut.map(({ names }) => pick<object>(exports, names as never[]));
    this.#exports = exports;
    for (const [i, { functions }] of this.#handedOut.entries()) Object.assign(functions, fresh[i]);
  }
}

function pick<T>(exports: Instance['exports'], names: readonly (keyof T & string)[]): T {
  const functions = tableFunctions<T>(exports, names);
  return Object.fromEntries(names.map((name) => [name, functions[name]])) as T;
}

function lengthsOf(functions: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, each]) => [name, typeof each === 'function' ? each.length : 0]),
  );
}
