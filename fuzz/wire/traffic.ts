import { encodePcap } from '../../bench/pcap.ts';
import { Generator } from '../generate/generator.ts';
import { keepInput } from '../input.ts';

/** Ports that packets come by, in the order of their numbers. */
export const PORTS = 3;
/** Frames in each port's file, which it sends again and again: net_pcap keeps each in a buffer. */
const FRAMES = 4096;
/** What a frame takes at least (IEEE 802.3 without its checksum), and at most here: one buffer. */
const SHORTEST = 14;
const LONGEST = 1514;

/** The fuzzer's packets as a pcap file for each port. */
export function hostileFiles(seed: number): readonly Uint8Array[] {
  const frames = Array.from({ length: PORTS }, (): Uint8Array[] => []);
  const generator = new Generator(seed);
  while (frames.some((each) => each.length < FRAMES)) {
    for (const input of generator.next().inputs) {
      const port = frames[input.port];
      if (input.entry !== 'wire' || input.length < SHORTEST || !port || port.length >= FRAMES) continue;
      port.push(keepInput({ ...input, length: Math.min(input.length, LONGEST) }).bytes);
    }
    // Without a machine that says what is new: one of each burst goes on.
    const [first] = generator.next().inputs;
    if (first) generator.keep(first);
  }
  return frames.map(encodePcap);
}
