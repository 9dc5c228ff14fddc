import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namesOfTheDead } from '../abandoned.ts';
import { atExit } from '../at-exit.ts';
import type { Namespace } from '../namespace.ts';
import { Program } from '../program.ts';

const parent = '/run';
/** Directories that containerd's helpers use wherever its own are. */
const shared = ['/run/containerd', '/var/lib/cni'];

/**
 * A place for a container runtime: a directory in memory, a PID namespace, and a mount namespace. When it is closed,
 * or this process ends in whatever way, everything that runs in it is ended by the kernel.
 */
export class Cell {
  readonly name: string;
  readonly directory: string;
  readonly #namespace: Pick<Namespace, 'name' | 'start'>;
  readonly #forget: () => void;
  #holder: Program | undefined;

  constructor(namespace: Pick<Namespace, 'name' | 'start'>, label: string) {
    for (const abandoned of namesOfTheDead(parent))
      whateverComes(() => removeDirectory(join(parent, abandoned)));
    for (const abandoned of hierarchies().flatMap(namesOfTheDead))
      whateverComes(() => removeGroups(abandoned));
    this.#namespace = namespace;
    this.name = `mr-${process.pid}-${label}`;
    this.directory = join(parent, this.name);
    mkdirSync(this.directory);
    this.#forget = atExit(() => removeDirectory(this.directory));
    // Shared, so that namespaces of containers, which are mounts in it, are seen by others.
    mount('-t', 'tmpfs', '-o', 'mode=711', 'millrace-lab', this.directory);
    mount('--make-shared', this.directory);
  }

  /** Makes the namespaces. */
  async open(): Promise<this> {
    for (const path of shared) mkdirSync(path, { recursive: true });
    const namespaces = 'unshare --mount --propagation unchanged --pid --fork --kill-child';
    // Its first process adopts, and waits for, those whose parents have ended.
    const line = `${namespaces} sh -c '${this.#mounts()}; echo open; sleep infinity & wait'`;
    this.#holder = this.#namespace.start(line);
    await this.#holder.said(/^open/);
    return this;
  }

  /** Starts a program in it. */
  start(line: string): Program {
    const first = `/proc/${childOf(this.holder.pid)}/ns`;
    const inside = `nsenter --net=/run/netns/${this.#namespace.name} --mount=${first}/mnt --pid=${first}/pid`;
    return new Program(['sh', '-c', `exec ${inside} -- sh -c 'exec ${line}'`], { directory: this.directory });
  }

  get holder(): Program {
    if (this.#holder === undefined) throw new TypeError('expected a cell that was opened');
    return this.#holder;
  }

  async close(): Promise<void> {
    await this.#end();
    removeDirectory(this.directory);
    removeGroups(this.name);
    this.#forget();
  }

  /** The first process ends after all others of its PID namespace. */
  async #end(): Promise<void> {
    if (this.#holder?.running) process.kill(childOf(this.#holder.pid), 'SIGKILL');
    await this.#holder?.ended;
  }

  /** All mounts but the directory's own are its own from here on. */
  #mounts(): string {
    const others = `findmnt -rno TARGET | grep -v ^${this.directory} | xargs -n 1 mount --make-slave`;
    const memory = shared.map((path) => `mount -t tmpfs millrace-lab ${path}`);
    return [`(${others})`, 'mount -t proc proc /proc', ...memory].join('; ');
  }
}

/** Mounts hugepages for a user below a cell's directory, until the cell is closed, and returns where. */
export function mountHugepages({ directory }: Pick<Cell, 'directory'>, user: number): string {
  const path = mkdtempSync(join(directory, 'hugepages-'));
  mount('-t', 'hugetlbfs', '-o', `uid=${user},gid=${user},mode=700,pagesize=2M`, 'millrace-lab', path);
  return path;
}

/** The process that a program like nsenter or unshare has started and waits for, as this machine numbers it. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function mount(...words: readonly string[]): void {
  execFileSync('mount', words, { stdio: 'pipe' });
}

function removeDirectory(path: string): void {
  // It may be no mount any more, and processes that the kernel is ending may still be in it.
  execFileSync('sh', ['-c', `umount --recursive --lazy ${path} 2>/dev/null; true`]);
  rmdirSync(path);
}

/** Control groups of containers are below one that has the cell's name, in each hierarchy. */
function removeGroups(name: string): void {
  const roots = hierarchies().map((hierarchy) => join(hierarchy, name));
  const own = globSync(roots.flatMap((root) => [root, `${root}/**`])).filter(isDirectory);
  for (const path of own.sort().reverse()) rmdirSync(path);
}

/** One of version 2, or several of version 1. */
function hierarchies(): readonly string[] {
  return globSync(['/sys/fs/cgroup', '/sys/fs/cgroup/*']).filter(isDirectory);
}

function isDirectory(path: string): boolean {
  return statSync(path).isDirectory();
}

/** Others may be cleaning up the same, and the kernel may not be done with it: then the next does it. */
function whateverComes(cleanUp: () => void): void {
  try {
    cleanUp();
  } catch {}
}
