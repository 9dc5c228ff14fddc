import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DescFile, DescMessage } from '@bufbuild/protobuf';

const root = join(import.meta.dirname, '../../../..');
const generated = globSync('src/{engine,features}/**/*_pb.js', { cwd: root });

test('the generated files are what the .proto files say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-generate-'));
  const template = join(folder, 'buf.gen.yaml');
  writeFileSync(
    template,
    readFileSync(join(root, 'buf.gen.yaml'), 'utf8').replace('out: src', `out: ${folder}`),
  );
  execBuf(['generate', '--template', template]);
  for (const path of generated.flatMap((script) => [script, script.replace(/\.js$/, '.d.ts')])) {
    const fresh = readFileSync(join(folder, path.replace(/^src\//, '')), 'utf8');
    assert.equal(
      readFileSync(join(root, path), 'utf8'),
      fresh,
      `${path} is out of date: run npm run generate`,
    );
  }
  rmSync(folder, { recursive: true });
});

test('every field has the same name in JSON as in its .proto file', async () => {
  for (const path of generated.filter((each) => !/\/(grpc|runtime)\//.test(each))) {
    for (const message of await messagesOf(path)) {
      for (const field of message.fields) assert.equal(field.jsonName, field.name, message.typeName);
    }
  }
});

function execBuf(options: readonly string[]): string {
  const bin = join(root, 'node_modules/.bin');
  const environment = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  return execFileSync(join(bin, 'buf'), options, { cwd: root, env: environment, encoding: 'utf8' });
}

async function messagesOf(path: string): Promise<readonly DescMessage[]> {
  const module: Record<string, unknown> = await import(join(root, path));
  return Object.values(module)
    .filter(isFile)
    .flatMap((file) => file.messages);
}

function isFile(value: unknown): value is DescFile {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'file';
}
