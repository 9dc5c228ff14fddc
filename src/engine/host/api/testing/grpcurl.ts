import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where a grpcurl is, or why there is none. */
export type Grpcurl = { readonly path: string } | { readonly missing: string };

const version = 'v1.9.4';
const buildFolder = join(import.meta.dirname, '../../../../../build/tools');

/** Finds grpcurl on the PATH or in build/, or builds it there with Go. */
export function findGrpcurl(): Grpcurl {
  if (succeeds('grpcurl', ['-version'])) return { path: 'grpcurl' };
  const built = join(buildFolder, `grpcurl-${version}`, 'grpcurl');
  if (existsSync(built)) return { path: built };
  const go = ['go', '/usr/local/go/bin/go'].find((candidate) => succeeds(candidate, ['version']));
  if (go === undefined)
    return { missing: `grpcurl ${version} is not installed, and neither is Go to build it with` };
  return build(go, join(buildFolder, `grpcurl-${version}`));
}

function build(go: string, folder: string): Grpcurl {
  mkdirSync(folder, { recursive: true });
  try {
    const environment = { ...process.env, GOBIN: folder, GOFLAGS: '-trimpath' };
    const target = `github.com/fullstorydev/grpcurl/cmd/grpcurl@${version}`;
    execFileSync(go, ['install', target], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    return { path: join(folder, 'grpcurl') };
  } catch (error) {
    return { missing: `grpcurl ${version} could not be built: ${String(error)}` };
  }
}

function succeeds(command: string, options: readonly string[]): boolean {
  try {
    execFileSync(command, options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
