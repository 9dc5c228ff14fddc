import type { Entry, Input, Offload } from '../input.ts';
import { type Layer, layersOfInput, readingsOf } from './layers.ts';
import { marked } from './marked.ts';
import { type Sid, turned } from './segments.ts';

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
  /** What it was before a SID of ours has changed it, and where the header lies that it was addressed by. */
  readonly origin: Origin | undefined;
  readonly #changes: Changes;
  #changed: readonly Came[] | undefined;
  #layers: readonly Layer[] | undefined;
  #readings: readonly (readonly Layer[])[] | undefined;
  #arrivals: readonly Arrival[] | undefined;

  constructor(input: Input, changes: Changes = nothingChanges, origin?: Origin) {
    this.#changes = changes;
    this.origin = origin;
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

  /** The packet as it came, as a rate limit may have marked it, and as SIDs of ours may have sent it on. */
  get forms(): readonly Came[] {
    this.#changed ??= [...this.#marked(), ...this.#turned()].flatMap((form) => form.forms);
    return [this, ...this.#changed];
  }

  /** The packet as a rate limit lets it in. */
  get marked(): Came {
    return this.#marked()[0] ?? this;
  }

  /** All frames and IP packets in it, and what SIDs of ours may have made of them. */
  get arrivals(): readonly Arrival[] {
    this.#arrivals ??= this.forms.flatMap(arrivalsIn);
    return this.#arrivals;
  }

  #marked(): readonly Came[] {
    const dscp = this.entry === 'wire' ? this.#changes.marks.get(this.port) : undefined;
    if (dscp === undefined) return [];
    return [new Came(marked(this, dscp), { ...this.#changes, marks: new Map() })];
  }

  #turned(): readonly Came[] {
    const { sids } = this.#changes;
    if (sids.length === 0) return [];
    const places = new Set(this.readings.flat().flatMap(({ kind, at }) => (kind === 'ip6' ? at : [])));
    const changes = { sids, marks: new Map() };
    return [...places]
      .filter((at) => at > (this.origin?.at ?? -1))
      .flatMap((at) => turned(this, at, sids).map((form) => new Came(form, changes, { input: this, at })));
  }
}

/** A packet before a SID has changed it, and where the header lies that is addressed to the SID. */
export interface Origin {
  readonly input: Came;
  readonly at: number;
}

/** What may have become of packets before they leave. */
export interface Changes {
  /** SIDs of ours. */
  readonly sids: readonly Sid[];
  /** The DSCP that frames get on their way in, by port. */
  readonly marks: ReadonlyMap<number, number>;
}

const nothingChanges: Changes = { sids: [], marks: new Map() };

function arrivalsIn(input: Came): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  for (const [reading, layers] of input.readings.entries()) {
    for (const [first, layer] of layers.entries()) {
      if (layer.kind !== 'frame' && layer.kind !== 'ip4' && layer.kind !== 'ip6') continue;
      if (layer.at < (input.origin?.at ?? 0)) continue; // as it was before
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

  constructor(inputs: readonly Input[], changes?: Changes) {
    this.inputs = inputs.map((input) => new Came(input, changes));
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
