import { releases } from '../../tools/dpdk/releases.ts';
import { run } from '../command.ts';
import { type DpdkImage, dpdkImageOf, dpdkImageOfHost } from '../containerd/dpdk-image.ts';
import { hostIn } from './runtime.ts';
import type { PlannedPod } from './topology.ts';

/** The images that pods with testpmd run, each made once: of this machine's DPDK, or of another Debian release's. */
export class ApplicationImages {
  readonly #directory: string;
  readonly #made = new Map<string, Promise<DpdkImage>>();

  /** The first is made in the directory. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Begins to make what a pod runs; who imports it learns what became of it. */
  prepare(pod: PlannedPod): void {
    this.#of(pod).catch(() => {});
  }

  /** Gives what a pod runs to the containerd in a directory, and resolves to its name there. */
  async import(pod: PlannedPod, directory: string): Promise<string> {
    const { name, file } = await this.#of(pod);
    await run(hostIn(directory).ctl('images', 'import', file));
    return name;
  }

  #of({ dpdk }: PlannedPod): Promise<DpdkImage> {
    const key = dpdk ?? 'host';
    const image = this.#made.get(key) ?? this.#make(dpdk);
    this.#made.set(key, image);
    return image;
  }

  #make(version: string | undefined): Promise<DpdkImage> {
    const release = releases.find(({ dpdk }) => dpdk === version);
    return release === undefined
      ? dpdkImageOfHost(this.#directory)
      : dpdkImageOf(release.dpdk, release.debian);
  }
}
