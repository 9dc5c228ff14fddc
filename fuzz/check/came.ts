import type { Entry, Input, Offload } from '../input.ts';
import { type Layer, layersOfInput, readingsOf } from './layers.ts';

/** A frame or an IP packet that came, alone or inside others: a layer of one reading of an input. */
export interface Arrival {
  readonly input: Came;
  readonly layers: readonly Layer[];
  readonly first: number;
  readonly layer: Layer;
}

/** A packet that came in, its headers read once for all that leaves because of it. */
export class Came implements Input {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly length: number;
  readonly entry: Entry;
  readonly port: number;
  readonly offload: Offload;
  readonly firstSegment: number;
  readonly otherSegments: number;
  readonly headroom: number;
  readonly tailroom: number;
  #layers: readonly Layer[] | undefined;
  #readings: readonly (readonly Layer[])[] | undefined;
  #arrivals: readonly Arrival[] | undefined;

  constructor(input: Input) {
    this.bytes = input.bytes;
    this.view = input.view;
    this.length = input.length;
    this.entry = input.entry;
    this.port = input.port;
    this.offload = input.offload;
    this.firstSegment = input.firstSegment;
    this.otherSegments = input.otherSegments;
    this.headroom = input.headroom;
    this.tailroom = input.tailroom;
  }

  /** Its headers, as far as they tell what follows them. */
  get layers(): readonly Layer[] {
    this.#layers ??= layersOfInput(this);
    return this.#layers;
  }

  /** Its headers in every way in which they can be read. */
  get readings(): readonly (readonly Layer[])[] {
    this.#readings ??= readingsOf(this, this.layers);
    return this.#readings;
  }

  /** All frames and IP packets in it. */
  get arrivals(): readonly Arrival[] {
    this.#arrivals ??= arrivalsIn(this);
    return this.#arrivals;
  }
}

function arrivalsIn(input: Came): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  for (const [reading, layers] of input.readings.entries()) {
    for (const [first, layer] of layers.entries()) {
      if (layer.kind !== 'frame' && layer.kind !== 'ip4' && layer.kind !== 'ip6') continue;
      // What lies in front of the last label is the same in every reading.
      const isKnown =
        reading > 0 && input.layers[first]?.at === layer.at && input.layers[first]?.kind === layer.kind;
      if (!isKnown) arrivals.push({ input, layers, first, layer });
    }
  }
  return arrivals;
}

/** Everything that came in at once, to be found by its addresses. */
export class Arrivals {
  readonly inputs: readonly Came[];
  #byKey: Map<number, Arrival[]> | undefined;

  constructor(inputs: readonly Input[]) {
    this.inputs = inputs.map((input) => new Came(input));
  }

  /** What came between the same two addresses as what lies at a place; others may be among them. */
  like(kind: Arrival['layer']['kind'], view: DataView, at: number): readonly Arrival[] {
    this.#byKey ??= this.#sort();
    return this.#byKey.get(keyOf(kind, view, at)) ?? nothing;
  }

  #sort(): Map<number, Arrival[]> {
    const sorted = new Map<number, Arrival[]>();
    for (const { arrivals } of this.inputs) {
      for (const arrival of arrivals) {
        const key = keyOf(arrival.layer.kind, arrival.input.view, arrival.layer.at);
        const same = sorted.get(key);
        if (same) same.push(arrival);
        else sorted.set(key, [arrival]);
      }
    }
    return sorted;
  }
}

const nothing: readonly Arrival[] = [];

/** Where two addresses begin that follow each other in a header, and their words of four bytes. */
const addresses = { frame: [0, 3], ip4: [12, 2], ip6: [8, 8] } as const;

/** A number that is the same for the same two addresses. */
function keyOf(kind: Arrival['layer']['kind'], view: DataView, at: number): number {
  const [offset, words] = addresses[kind as keyof typeof addresses];
  let key: number = words;
  for (let i = 0; i < words; i++)
    key = (Math.imul(key, 0x01000193) ^ view.getUint32(at + offset + 4 * i)) | 0;
  return key >> 2;
}
