import {
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../command.ts';
import { addBusybox, writeImage } from './images.ts';

/** An image with Debian's testpmd and the drivers that pods need. */
export interface DpdkImage {
  readonly name: string;
  /** For `ctr images import`. */
  readonly file: string;
}

/** The image with the DPDK of this machine; its archive is made in a directory. */
export async function dpdkImageOfHost(directory: string): Promise<DpdkImage> {
  const image = { name: 'millrace.local/dpdk:host', file: join(directory, 'dpdk.tar') };
  await writeDpdkImage(image, '/');
  return image;
}

const cache = '/var/cache/millrace/images';
/** The roots of `npm run test:dpdk`. */
const roots = '/var/cache/millrace/dpdk';
const unpack = fileURLToPath(new URL('unpack-dpdk.sh', import.meta.url));

/** The image with the DPDK of another Debian release, made once on a machine: from its packages in half a minute or more. */
export async function dpdkImageOf(version: string, suite: string): Promise<DpdkImage> {
  const image = { name: `millrace.local/dpdk:${version}`, file: join(cache, `dpdk-${version}.tar`) };
  if (existsSync(image.file)) return image;
  mkdirSync(cache, { recursive: true });
  const complete = join(roots, version);
  if (existsSync(join(complete, testpmd))) await writeDpdkImage(image, complete);
  else await fromPackages(image, suite);
  return image;
}

async function fromPackages(image: DpdkImage, suite: string): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), `mr-${process.pid}-dpdk-`));
  const root = join(parent, 'root');
  await run(['bash', unpack, suite, root], { timeoutMs: 170_000 });
  await writeDpdkImage(image, root);
  rmSync(parent, { recursive: true });
}

/** Whoever looks for the archive meets a whole one. */
async function writeDpdkImage({ name, file }: DpdkImage, from: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), `mr-${process.pid}-image-`));
  await addBusybox(root);
  await copyPrograms(from, root);
  const partial = `${file}.${process.pid}`;
  await writeImage({ name, root, file: partial });
  renameSync(partial, file);
  rmSync(root, { recursive: true });
}

const testpmd = 'usr/bin/dpdk-testpmd';
/** What DPDK loads when it starts, of all the drivers that there are. */
const drivers = ['bus_vdev', 'bus_pci', 'mempool_ring', 'net_virtio', 'net_memif', 'net_null'];

/** Copies testpmd, the drivers, and the libraries that they are linked with. */
async function copyPrograms(from: string, root: string): Promise<void> {
  const plugins = drivers.flatMap((driver) =>
    globSync(`usr/lib/*-linux-gnu/dpdk/pmds-*/librte_${driver}.so.*.*`, { cwd: from }),
  );
  // testpmd keeps its lines back where its output is no terminal.
  const own = [testpmd, 'usr/bin/nice', 'usr/bin/stdbuf', 'usr/libexec/coreutils/libstdbuf.so', ...plugins];
  const needed = new Set(own);
  for (const file of own) for (const library of await librariesOf(file, from)) needed.add(library);
  for (const file of needed) copyWithLinks(file, { from, root });
}

/** The libraries that a program of a root loads, by its own loader (ld.so(8)): ldd is not in every root. */
async function librariesOf(file: string, root: string): Promise<readonly string[]> {
  const [loader] = globSync('usr/lib*/ld-linux-*.so.?', { cwd: root });
  if (loader === undefined) throw new Error(`expected the loader of glibc in ${root}/usr/lib*, got none`);
  const listed = await run(['chroot', root, `/${loader}`, '--list', `/${file}`]);
  return [...listed.matchAll(/(?:=> |^\s+)\/(\S+) \(0x/gm)].map(([, path = '']) => path);
}

/** Copies a file and the links that lead to it as links: DPDK would load a driver twice that is there twice. */
function copyWithLinks(path: string, { from, root }: { readonly from: string; readonly root: string }): void {
  const place = path.replace(/^(bin|lib|lib64)\//, 'usr/$1/');
  const target = join(root, place);
  if (lstatSync(target, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(target), { recursive: true });
  const source = join(from, place);
  if (!lstatSync(source).isSymbolicLink()) {
    cpSync(source, target);
    return;
  }
  const next = readlinkSync(source);
  symlinkSync(next, target);
  copyWithLinks(resolve('/', dirname(place), next).slice(1), { from, root });
}
