import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { featuresLowToHigh, importRules } from './import-rules.ts';

/** An import that the design forbids. */
export interface ForbiddenImport {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly comment: string;
}

/**
 * Checks every import below a repository's root against the directions of the design.
 *
 * @param root absolute path of the repository
 * @returns the imports that break a rule; empty when there is none
 */
export async function findForbiddenImports(root: string): Promise<readonly ForbiddenImport[]> {
  const folders = ['src', 'lab', 'bench', 'fuzz', 'tools', 'test'].filter((folder) =>
    existsSync(join(root, folder)),
  );
  const { output } = await cruise(
    folders,
    {
      baseDir: root,
      ruleSet: { forbidden: [...importRules] },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: 'node_modules',
      exclude: '^(build|native)/',
    },
    {
      extensions: ['.ts', '.d.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'types'],
      exportsFields: ['exports'],
    },
  );
  if (typeof output === 'string')
    throw new TypeError('expected dependency-cruiser to return a result, got text');
  return [...featuresWithoutPlace(root), ...violationsOf(output)];
}

function violationsOf(result: ICruiseResult): readonly ForbiddenImport[] {
  return result.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle ? cycle.map((step) => step.name).join(' → ') : to,
    comment: importRules.find(({ name }) => name === rule.name)?.comment ?? '',
  }));
}

function featuresWithoutPlace(root: string): readonly ForbiddenImport[] {
  const folder = join(root, 'src/features');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !featuresLowToHigh.includes(name))
    .map((name) => ({
      rule: 'feature-has-a-place',
      from: `src/features/${name}`,
      to: 'nothing yet',
      comment: 'Every feature has its place, low to high, in tools/check/import-rules.ts.',
    }));
}
