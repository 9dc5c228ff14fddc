import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodePlan, Objects } from '../../features/plan/index.ts';
import { contains, parsePrefix } from '../../net/prefix.ts';
import { Compiler, changedNodes, compile } from './compile.ts';
import { clusters, type Step, stepsOf, takeStep } from './testing/clusters.ts';

test('the order of objects does not matter', () => {
  fc.assert(
    fc.property(clusters, fc.infiniteStream(fc.nat()), (objects, numbers) => {
      const shuffled = Object.fromEntries(
        Object.entries(objects).map(([kind, list]) => [kind, shuffle<unknown>(list, numbers)]),
      ) as unknown as Objects;
      assert.deepEqual(textOf(compile(shuffled)), textOf(compile(objects)));
    }),
  );
});

test('what is compiled step by step is what is compiled at once, and only changed nodes are said to be', () => {
  fc.assert(
    fc.property(clusters, fc.array(stepsOf, { maxLength: 6 }), (first, steps: readonly Step[]) => {
      const compiler = new Compiler();
      let objects = first;
      let before = compiler.compile(objects);
      for (const step of steps) {
        objects = takeStep(objects, step);
        const now = compiler.compile(objects);
        assert.deepEqual(textOf(now), textOf(compile(objects)));
        const changed = new Set(changedNodes(before, now));
        for (const [node, plan] of now.plans)
          if (!changed.has(node)) assert.deepEqual(plan, before.plans.get(node));
        before = now;
      }
    }),
    { numRuns: 60 },
  );
});

test('no address block has two nodes, and every block is in its subnet', () => {
  fc.assert(
    fc.property(clusters, (objects) => {
      const owners = new Map<string, string>();
      for (const { node, subnets } of compile(objects).plans.values()) {
        for (const { name, prefix, blocks } of subnets) {
          for (const block of blocks) {
            assert.equal(owners.get(`${name} ${block}`), undefined);
            assert.ok(contains(parsePrefix(prefix), parsePrefix(block).address));
            owners.set(`${name} ${block}`, node);
          }
        }
      }
    }),
  );
});

test('each address of a node is reached from every other node of its network, by its longest prefix', () => {
  fc.assert(
    fc.property(clusters, (objects) => {
      const { plans } = compile(objects);
      for (const there of plans.values()) {
        for (const { spec } of there.attachments) {
          for (const here of plans.values()) {
            if (here.node !== there.node && hasNetwork(here, spec.network))
              for (const address of spec.addresses)
                assert.equal(leadsTo(here, spec.network, address), there.node);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('what was chosen stays when it was kept and the cluster grows', () => {
  fc.assert(
    fc.property(clusters, fc.array(stepsOf, { maxLength: 3 }), (objects, steps) => {
      const before = compile(objects);
      const kept = keep(objects, before.records);
      const grown = steps.filter(({ kind }) => kind === 'add-node').reduce(takeStep, kept);
      const after = compile(grown).records;
      for (const [key, { id }] of before.records.networks) assert.equal(after.networks.get(key)?.id, id);
      for (const [key, { blocks }] of before.records.subnets)
        for (const [node, list] of Object.entries(blocks))
          assert.deepEqual(after.subnets.get(key)?.blocks[node], list);
    }),
  );
});

test('names of VRFs are at most 15 bytes and no two networks of a node have the same', () => {
  fc.assert(
    fc.property(clusters, (objects) => {
      for (const { vrfs, networks } of compile(objects).plans.values()) {
        const names = [...vrfs.map(({ name }) => name), ...networks.flatMap(({ bridge }) => bridge ?? [])];
        assert.equal(new Set(names).size, names.length);
        for (const name of names) assert.ok(Buffer.byteLength(name) <= 15);
      }
    }),
  );
});

function textOf({ plans, failures }: ReturnType<typeof compile>): unknown {
  return { plans: [...plans], failures: [...failures] };
}

function shuffle<Item>(list: readonly Item[], numbers: Iterator<number>): readonly Item[] {
  const keyed = list.map((item) => ({ item, key: Number(numbers.next().value) }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}

function hasNetwork(plan: NodePlan, network: string): boolean {
  return plan.networks.some(({ name }) => name === network);
}

function leadsTo(plan: NodePlan, network: string, address: string): string | undefined {
  const place = plan.networks.find(({ name }) => name === network);
  const vrf = plan.vrfs.find(({ name }) => name === place?.vrf);
  const value = parsePrefix(`${address}/32`).address;
  const fitting = (vrf?.routes ?? []).filter(({ prefix }) => contains(parsePrefix(prefix), value));
  const longest = fitting.sort(
    (left, right) => parsePrefix(right.prefix).length - parsePrefix(left.prefix).length,
  );
  return longest[0]?.way.kind === 'tunnel' ? longest[0].node : undefined;
}

function keep(objects: Objects, records: ReturnType<typeof compile>['records']): Objects {
  const key = ({ metadata }: { metadata: { namespace: string; name: string } }) =>
    `${metadata.namespace}/${metadata.name}`;
  return {
    ...objects,
    networks: objects.networks.map((network) => ({
      ...network,
      status: records.networks.get(key(network)) ?? {},
    })),
    subnets: objects.subnets.map((subnet) => ({ ...subnet, status: records.subnets.get(key(subnet)) ?? {} })),
  };
}
