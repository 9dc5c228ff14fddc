import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, beforeEach, describe, it } from 'node:test';
import { otherSources, type Patch } from '../lab/other-sources.ts';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { Fuzzer } from './fuzzer.ts';
import { buildFolder } from './job.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

// That the fuzzer finds things in NAT: a build that exists only here has one bug at a time in its sessions.

/** Where the build reads which of its bugs it has: in the first page, which no table uses. */
const FAULT = 8192;
const is = (fault: number) => `load<u32>(${FAULT}) == ${fault}`;
const not = (fault: number) => `load<u32>(${FAULT}) != ${fault}`;
const datapath = (name: string) => `features/nat/datapath/${name}.ts`;

const patches: readonly Patch[] = [
  {
    file: datapath('rewrite'),
    texts: [['if (!isUdp || before) store', `if (!isUdp || before || ${is(1)}) store`]],
  },
  {
    file: datapath('new-session'),
    texts: [
      ['return FIRST_PORT + ', `return (${is(2)} ? 0 : FIRST_PORT) + `],
      ['% PORTS);', `% (${is(2)} ? 1000 : PORTS));`],
      ['if (findSession(flow) !== null) continue', `if (${not(3)} && findSession(flow) !== null) continue`],
      ['if (!isTaken(flow, number))', `if (${is(3)} || !isTaken(flow, number))`],
    ],
  },
  {
    file: datapath('nat-errors'),
    texts: [['if (hasPorts(flow)) addTo', `if (hasPorts(flow) && ${not(4)}) addTo`]],
  },
  {
    file: datapath('track'),
    texts: [['return !(flags & TCP_RST) &&', `return ${is(5)} || !(flags & TCP_RST) &&`]],
  },
  {
    file: datapath('go-out'),
    texts: [
      [
        'rewriteAddress(flow, outsideRaw);\n  return NAT_DONE',
        `if (${not(6)}) rewriteAddress(flow, outsideRaw);\n  return NAT_DONE`,
      ],
    ],
  },
  {
    file: datapath('come-in'),
    texts: [
      [
        'if (session === null) return;',
        `if (session === null && ${is(7)}) rewriteAddress(flow, bswap<u32>(0x0a000202));\n  if (session === null) return;`,
      ],
    ],
  },
  {
    file: datapath('known-end'),
    texts: [['return nearEnd(session, side ^ 1)', `return nearEnd(session, ${is(8)} ? side : side ^ 1)`]],
  },
];

const faults = [
  [1, 'a datagram without a checksum that is given one'],
  [2, 'a session that is given the port of a service'],
  [3, 'two sessions with one address and port outside'],
  [4, 'an error whose quoted packet has the port of before'],
  [5, 'a session that an answer begins'],
  [6, 'a later fragment that leaves by the address inside'],
  [7, 'a packet that belongs to no session and is let in'],
  [8, 'a packet of a session that the fast way leaves as it is'],
] as const;

let root: string;
let machine: Machine;

before(async () => {
  root = await otherSources(join(buildFolder, 'test-stages/nat-finds'), patches);
});

// What one bug has broken is nothing that the next one should start with.
beforeEach(async () => {
  machine = new Machine(await World.open({ ...packetPath, root }, buildFolder));
});

describe('the fuzzer finds', () => {
  for (const [fault, name] of faults) {
    it(name, () => {
      machine.world.topology.bench.view.setUint32(FAULT, fault, true);
      const found = new Fuzzer(machine, 1).run(3000);
      assert.equal(found?.finding.invariant, 'valid frames', found?.finding.message);
      assert.ok(found?.alone, 'the burst does not show it alone');
    });
  }

  it('nothing in the same build without a bug', () => {
    machine.world.topology.bench.view.setUint32(FAULT, 0, true);
    assert.equal(new Fuzzer(machine, 1).run(300), undefined);
  });
});
