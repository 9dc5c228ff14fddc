import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';

/** A static busybox: what pods of the lab run, and what holds their namespaces. */
export const podImage = 'millrace.local/pod:1';

/** Writes the archive of the image of pods, for `ctr images import`. */
export async function writePodImage(file: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), `mr-${process.pid}-image-`));
  await addBusybox(root);
  await writeImage({ name: podImage, root, file });
  rmSync(root, { recursive: true });
}

/** Puts a shell and its tools into the root of an image. */
export async function addBusybox(root: string): Promise<void> {
  for (const folder of ['proc', 'sys', 'tmp', 'etc', 'usr']) mkdirSync(join(root, folder));
  for (const folder of ['bin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', folder));
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  chmodSync(root, 0o755);
  chmodSync(join(root, 'tmp'), 0o1777);
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  const tools = (await run(['/bin/busybox', '--list'])).trim().split('\n');
  for (const tool of tools) if (tool !== 'busybox') symlinkSync('busybox', join(root, 'bin', tool));
}

/** Writes an archive, as `docker save` does, of an image with one layer: the files in a directory. */
export async function writeImage(image: {
  readonly name: string;
  readonly root: string;
  readonly file: string;
}): Promise<void> {
  const { name, root, file } = image;
  const folder = mkdtempSync(join(tmpdir(), `mr-${process.pid}-archive-`));
  const layer = join(folder, 'layer.tar');
  await run(['tar', '--owner=0', '--group=0', '-C', root, '-cf', layer, '.']);
  const digest = createHash('sha256').update(readFileSync(layer)).digest('hex');
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env: ['PATH=/bin:/usr/bin'], Cmd: ['sleep', 'infinity'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await run(['tar', '-C', folder, '-cf', file, 'manifest.json', 'config.json', 'layer.tar']);
  rmSync(folder, { recursive: true });
}
