import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findForbiddenImports } from './imports.ts';

const cases: readonly { fact: string; files: Readonly<Record<string, string>>; rules: readonly string[] }[] =
  [
    {
      fact: 'a feature may use the engine and the index of a lower feature',
      files: {
        'src/features/ip/routes.ts': "import '../port/index.ts'; import '../../engine/router.ts';",
        'src/features/port/index.ts': 'export const port = 1;',
        'src/engine/router.ts': "import type { Mac } from '../net/mac.ts'; export type Id = Mac;",
        'src/net/mac.ts': 'export type Mac = string;',
      },
      rules: [],
    },
    {
      fact: 'net does not know the engine, not even a type of it',
      files: {
        'src/net/mac.ts': "import type { Id } from '../engine/router.ts'; export type Mac = Id;",
        'src/engine/router.ts': 'export type Id = string;',
      },
      rules: ['net-imports-lower'],
    },
    {
      fact: 'a lower feature does not know a higher one',
      files: {
        'src/features/port/port.ts': "import '../ip/index.ts';",
        'src/features/ip/index.ts': 'export const ip = 1;',
      },
      rules: ['port-imports-lower-features'],
    },
    {
      fact: 'a feature does not reach into the private files of another',
      files: {
        'src/features/ip/a.ts': "import '../port/secret.ts';",
        'src/features/port/secret.ts': 'export const a = 1;',
      },
      rules: ['feature-keeps-its-files-private'],
    },
    {
      fact: 'a program takes faces of features and nothing else',
      files: {
        'src/programs/ctl.ts': "import '../features/ip/cli.ts'; import '../features/ip/routes.ts';",
        'src/features/ip/cli.ts': 'export const a = 1;',
        'src/features/ip/routes.ts': 'export const a = 1;',
      },
      rules: ['program-takes-faces'],
    },
    {
      fact: 'the engine names no program',
      files: {
        'src/engine/a.ts': "import '../programs/ctl.ts';",
        'src/programs/ctl.ts': 'export const a = 1;',
      },
      rules: ['engine-imports-lower'],
    },
    {
      fact: 'the datapath imports the datapath, layouts and the generated modules',
      files: {
        'src/features/ip/datapath/ip4-input.ts':
          "import { a } from '../layout'; import { b } from '../../../engine/datapath/regions'; export const c = a + b;",
        'src/features/ip/layout.ts': 'export const a = 1;',
      },
      rules: [],
    },
    {
      fact: 'the datapath does not import Node.js code, nor Node.js code the datapath',
      files: {
        'src/features/ip/datapath/a.ts': "import { b } from '../b'; export const a = b;",
        'src/features/ip/b.ts': 'export const b = 1;',
        'src/features/ip/c.ts': "import './datapath/d.ts';",
        'src/features/ip/datapath/d.ts': 'export const d = 1;',
      },
      rules: ['datapath-imports-datapath', 'node-does-not-import-datapath'],
    },
    {
      fact: 'files do not import each other in a circle',
      files: {
        'src/net/a.ts': "import './b.ts'; export const a = 1;",
        'src/net/b.ts': "import './a.ts'; export const b = 1;",
      },
      rules: ['no-cycle'],
    },
    {
      fact: 'only the operator and the agent know Kubernetes',
      files: {
        'src/features/ip/vrouter.ts': "import '../../kube/store.ts';",
        'src/features/ip/agent.ts': "import '../../kube/store.ts';",
        'src/kube/store.ts': 'export const a = 1;',
      },
      rules: ['kube-is-for-operator-and-agent'],
    },
    {
      fact: 'what checks the datapath for the fuzzer knows nothing but what it checks',
      files: {
        'fuzz/check/frame.ts': "import '../input.ts'; import '../../src/net/checksum.ts';",
        'fuzz/input.ts': 'export const a = 1;',
        'src/net/checksum.ts': 'export const a = 1;',
      },
      rules: ['fuzz-check-is-independent'],
    },
    {
      fact: 'an import that leads nowhere is caught',
      files: { 'src/net/a.ts': "import './nowhere.ts';" },
      rules: ['import-exists'],
    },
    {
      fact: 'a new feature must be given its place',
      files: { 'src/features/novelty/index.ts': 'export const a = 1;' },
      rules: ['feature-has-a-place'],
    },
  ];

for (const { fact, files, rules } of cases) {
  test(fact, async (context) => {
    const root = mkdtempSync(join(tmpdir(), 'millrace-imports-'));
    context.after(() => rmSync(root, { recursive: true }));
    for (const [name, text] of Object.entries(files)) write(join(root, name), text);

    const found = await findForbiddenImports(root);

    assert.deepEqual([...new Set(found.map(({ rule }) => rule))].sort(), rules);
  });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
}
