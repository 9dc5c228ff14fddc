// The part of the WebAssembly JavaScript API (W3C WebAssembly JavaScript Interface) that we use; @types/node has none.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(code: Uint8Array<ArrayBuffer>);
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(code: Uint8Array<ArrayBuffer>): Promise<Module>;
  class RuntimeError extends Error {}
  class CompileError extends Error {}
}
