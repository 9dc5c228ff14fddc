import type { IForbiddenRuleType } from 'dependency-cruiser';

/** The features, lower before higher: a feature imports only those before it. A new feature needs its place here. */
export const featuresLowToHigh: readonly string[] = [
  'interface',
  'mac',
  'port',
  'ether',
  'vrf',
  'neighbor',
  'ip',
  'representor',
  'router-advert',
  'tunnel',
  'bond',
  'dhcp',
  'vlan',
  'police',
  'filter',
  'access',
  'bridge',
  'cross-connect',
  'vxlan',
  'nat',
  'ipip',
  'mpls',
  'mpls-tunnel',
  'srv6',
  'node',
  'network',
  'subnet',
  'attachment',
  'plan',
  'fabric',
  'pod',
  'runtime',
  'cni',
];

const programs = '(operator|agent|vrouter|cli|console)';
/**
 * What of a feature others may import: its index, its numbers, its datapath, its generated API types, and what it
 * offers to one face of others, named `<face>-….ts`.
 */
const publicFiles = `(index\\.ts|layout\\.ts|datapath/|[^/]+_pb\\.(js|d\\.ts)|${programs}-[^/]+\\.ts)`;
/** What of a feature a program imports besides: the faces named after it, `cli.ts`, `cli/…` or `ping.cli.ts`. */
const faces = `[^/]*\\b${programs}(/|\\.tsx?$)`;
const tests = '(\\.test\\.ts$|/testing/)';

/** The directions of the design, as dependency-cruiser rules over paths from the repository's root. */
export const importRules: readonly IForbiddenRuleType[] = [
  {
    name: 'no-cycle',
    comment: 'Files import each other in one direction only, types included.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'import-exists',
    comment:
      'Every import leads to a file or package; only the modules the datapath compiler generates do not exist on disk.',
    from: {},
    to: { couldNotResolve: true, pathNot: '(^|/)(datapath|\\.)/(regions|graph|nodes)$' },
  },
  layer('net', 'net'),
  layer('command', 'net|command'),
  layer('engine', 'net|command|engine'),
  layer('kube', 'net|command|engine|kube'),
  layer('features', 'net|command|engine|kube|features'),
  ...featuresLowToHigh.map(lowerFeature),
  {
    name: 'feature-keeps-its-files-private',
    comment:
      'Another feature is used through its index, layout, datapath, generated API types or <face>-….ts files.',
    from: { path: '^src/features/([^/]+)/', pathNot: tests },
    to: { path: '^src/features/', pathNot: `^src/features/($1/|[^/]+/${publicFiles}|[^/]+/testing/)` },
  },
  {
    name: 'program-takes-faces',
    comment: 'A program takes from a feature the face named after it, and what the feature shows everybody.',
    from: { path: '^src/programs/', pathNot: tests },
    to: { path: '^src/features/', pathNot: `^src/features/[^/]+/(${publicFiles}|${faces})` },
  },
  {
    name: 'datapath-imports-datapath',
    comment: 'AssemblyScript imports AssemblyScript and the numbers in layout.ts, nothing of Node.js.',
    from: { path: '^src/.*/datapath/', pathNot: tests },
    to: { pathNot: '/datapath/|/layout(\\.ts)?$|^\\./(regions|graph|nodes)$' },
  },
  {
    name: 'node-does-not-import-datapath',
    comment: 'Node.js cannot run AssemblyScript: it loads the compiled module.',
    from: { pathNot: '/datapath/' },
    to: { path: '^src/.*/datapath/' },
  },
  {
    name: 'kube-is-for-operator-and-agent',
    comment:
      'Only the operator and the agent know where objects are kept; what an object is, and how it is checked, may be known to all.',
    from: { path: '^(src|lab|bench|fuzz)/', pathNot: '^src/kube/|/(operator|agent)(/|\\.ts$)|\\.test\\.ts$' },
    to: { path: '^src/kube/', pathNot: '^src/kube/(object|validate|schema-node)\\.ts$' },
  },
  {
    name: 'fuzz-check-is-independent',
    comment:
      'What checks the datapath shares no code with it: not even the codecs that tests build packets with.',
    from: { path: '^fuzz/check/' },
    to: { pathNot: '^fuzz/(check/|finding\\.ts$|input\\.ts$)' },
  },
  {
    name: 'tests-are-not-imported',
    comment:
      'What tests share lives in a testing folder, and only tests, the lab, the benchmarks and the fuzzer import it.',
    from: { path: '^src/', pathNot: tests },
    to: { path: tests },
  },
];

/** A folder of src/ imports from src/ only the folders named; its tests may take a program's lists. */
function layer(name: string, allowed: string): IForbiddenRuleType {
  return {
    name: `${name}-imports-lower`,
    comment: `src/${name} imports only ${allowed
      .split('|')
      .map((folder) => `src/${folder}`)
      .join(', ')}.`,
    from: { path: `^src/${name}/`, pathNot: tests },
    to: { path: '^(src|lab|bench|fuzz|tools|test)/', pathNot: `^src/(${allowed})/` },
  };
}

function lowerFeature(name: string, index: number): IForbiddenRuleType {
  const higher = featuresLowToHigh.slice(index + 1);
  return {
    name: `${name}-imports-lower-features`,
    comment: `The feature ${name} does not know ${higher.join(', ') || 'features that are not listed'}.`,
    from: { path: `^src/features/${name}/`, pathNot: tests },
    to: {
      path: '^src/features/',
      pathNot: `^src/features/(${featuresLowToHigh.slice(0, index + 1).join('|')})/`,
    },
  };
}
