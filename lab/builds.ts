import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDatapath } from '../src/engine/compiler/cache.ts';
import type { DatapathInfo, DatapathSource } from '../src/engine/compiler/compile.ts';
import { INFO_SECTION } from '../src/engine/compiler/section.ts';
import { readInfo } from '../src/engine/host/datapath.ts';
import { withFaults } from '../src/engine/testing/faults.ts';
import { joinBytes } from '../src/net/frame/build.ts';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { otherSources, type Patch } from './other-sources.ts';

// Builds of the datapath that differ from the one that the router starts with. Each is a file, kept until its sources change.

const folder = fileURLToPath(new URL('../build', import.meta.url));
const stages = join(folder, 'lab-stages');

/** The build that the router starts with. */
export const ordinary = join(folder, 'datapath.wasm');

/** A build with one more stage, `lab-extra`. */
export async function withOneMoreStage(): Promise<string> {
  const extra = await write('datapath/lab-extra.ts', stageText('Takes nothing yet.', 'labExtra'));
  return build({ ...packetPath, stages: [...packetPath.stages, extra] });
}

/** A build that drops what it should answer: pings of the router. */
export async function withoutAnswers(): Promise<string> {
  return without('icmp4-local', stageText('Answers nobody.', 'icmp4Local'));
}

/** A build that drops what it should send to all members of a bridge. */
export async function withoutFlooding(): Promise<string> {
  return without('bridge-flood', stageText('Floods nothing.', 'bridgeFlood'));
}

/** A build that traps where a packet asks for it, and in order otherwise. */
export async function withTraps(): Promise<string> {
  return build(await withFaults(packetPath, join(stages, 'faulty')));
}

/** A build whose tables all lie elsewhere, as nobody has told it where those of the running one are. */
export async function withTablesElsewhere(): Promise<string> {
  const layout = await write('layout.ts', 'export const LAB_TABLE_BYTES = 65536;\n');
  return build({ ...packetPath, layouts: [layout, ...packetPath.layouts] });
}

/**
 * A build with twice as large interfaces, next hops, stations, tunnels, rate limits, and interfaces of NAT, twice as many
 * places for stations, answers, and addresses of dnat44, and other roots of routes and filters.
 */
export async function withLargerRecords(): Promise<string> {
  return build(await sourcesBeside('larger', larger));
}

/** The same, which traps where a packet asks for it. */
export async function withLargerRecordsAndTraps(): Promise<string> {
  const source = await sourcesBeside('larger-faulty', larger);
  return build(await withFaults(source, join(stages, 'larger-faulty')));
}

const larger: readonly Patch[] = [
  {
    file: 'features/neighbor/layout.ts',
    texts: [
      ['NEXT_HOPS_BYTES = 33554432', 'NEXT_HOPS_BYTES = 67108864'],
      ['NEXT_HOP_DETAILS_BYTES = 33554432', 'NEXT_HOP_DETAILS_BYTES = 67108864'],
      ['ANSWER_SLOTS = 65536', 'ANSWER_SLOTS = 131072'],
      ['ANSWERS_BYTES = 2097152', 'ANSWERS_BYTES = 4194304'],
    ],
  },
  {
    file: 'features/neighbor/datapath/next-hop.ts',
    texts: [
      ['  node4: u16;', '  labFirst: u64;\n  labSecond: u64;\n  node4: u16;'],
      ['(<usize>index) << 5', '(<usize>index) << 6'],
    ],
  },
  {
    file: 'features/neighbor/datapath/next-hop-details.ts',
    texts: [
      ['  addressLow: u64;', '  labFirst: u64;\n  labSecond: u64;\n  addressLow: u64;'],
      ['(<usize>index) << 5', '(<usize>index) << 6'],
    ],
  },
  {
    file: 'features/ip/layout.ts',
    texts: [
      ['FIB4_ROOTS_BYTES = 1024', 'FIB4_ROOTS_BYTES = 2048'],
      ['FIB6_ROOTS_BYTES = 1024', 'FIB6_ROOTS_BYTES = 2048'],
    ],
  },
  {
    file: 'features/bridge/layout.ts',
    texts: [
      ['FDB_BYTES = 12584960', 'FDB_BYTES = 16781312'],
      ['FDB_SEEN_BYTES = 3146240', 'FDB_SEEN_BYTES = 2097664'],
      ['FDB_SLOTS = 524288', 'FDB_SLOTS = 262144'],
    ],
  },
  {
    file: 'features/bridge/datapath/fdb.ts',
    texts: [
      ['STATION_BYTES: usize = 16', 'STATION_BYTES: usize = 32'],
      ['LINE_BITS: u64 = 17', 'LINE_BITS: u64 = 16'],
    ],
  },
  {
    file: 'features/interface/layout.ts',
    texts: [['INTERFACES_BYTES = 2097152', 'INTERFACES_BYTES = 4194304']],
  },
  {
    file: 'features/interface/datapath/interface.ts',
    texts: [
      ['  flags: u32;', '  labFirst: u64;\n  flags: u32;'],
      ['INTERFACES + (id << 5)', 'INTERFACES + (id << 6)'],
    ],
  },
  {
    file: 'features/filter/layout.ts',
    texts: [
      ['FILTERS_BYTES = 4096', 'FILTERS_BYTES = 8192'],
      ['FILTER_BINDINGS_BYTES = 262144', 'FILTER_BINDINGS_BYTES = 524288'],
    ],
  },
  {
    file: 'features/police/layout.ts',
    texts: [
      ['POLICERS_BYTES = 524288', 'POLICERS_BYTES = 1048576'],
      ['POLICE_BINDINGS_BYTES = 262144', 'POLICE_BINDINGS_BYTES = 524288'],
    ],
  },
  {
    file: 'features/police/datapath/policer.ts',
    texts: [['POLICERS + ((<usize>index) << 7)', 'POLICERS + ((<usize>index) << 8)']],
  },
  {
    file: 'features/mpls-tunnel/layout.ts',
    texts: [['MPLS_TUNNELS_BYTES = 1048576', 'MPLS_TUNNELS_BYTES = 2097152']],
  },
  {
    file: 'features/mpls-tunnel/datapath/mpls-tunnel.ts',
    texts: [
      ['  family: u16;', '  labFirst: u64;\n  family: u16;'],
      ['(<usize>record) << 6', '(<usize>record) << 7'],
      ['- MPLS_TUNNELS) >> 6', '- MPLS_TUNNELS) >> 7'],
    ],
  },
  {
    file: 'features/vxlan/layout.ts',
    texts: [
      ['VXLANS_BYTES = 4194304', 'VXLANS_BYTES = 8388608'],
      ['VXLAN_VNIS_BYTES = 1049600', 'VXLAN_VNIS_BYTES = 2098176'],
      ['FAR_ENDS_BYTES = 2097152', 'FAR_ENDS_BYTES = 4194304'],
      ['VXLAN_STATIONS_BYTES = 1049600', 'VXLAN_STATIONS_BYTES = 2098176'],
    ],
  },
  {
    file: 'features/vxlan/datapath/vxlan.ts',
    texts: [
      ['  flags: u32;', '  labFirst: u64;\n  flags: u32;'],
      ['(<usize>id) << 6', '(<usize>id) << 7'],
    ],
  },
  {
    file: 'features/vxlan/datapath/slot.ts',
    texts: [
      ['  seen: u32;', '  labFirst: u64;\n  labSecond: u64;\n  seen: u32;'],
      ['(SLOTS - 1))) << 5', '(SLOTS - 1))) << 6'],
    ],
  },
  {
    file: 'features/vxlan/datapath/slots.ts',
    texts: [['- table) >> 5', '- table) >> 6']],
  },
  {
    file: 'features/nat/layout.ts',
    texts: [
      ['NAT_INTERFACES_BYTES = 1048576', 'NAT_INTERFACES_BYTES = 2097152'],
      ['STATIC_SLOTS = 65536', 'STATIC_SLOTS = 131072'],
      ['NAT_STATIC_BYTES = 1048576', 'NAT_STATIC_BYTES = 2097152'],
    ],
  },
  {
    file: 'features/nat/datapath/nat-interface.ts',
    texts: [
      ['  flags: u32;', '  labFirst: u64;\n  labSecond: u64;\n  flags: u32;'],
      ['(<usize>id) << 4', '(<usize>id) << 5'],
    ],
  },
];

/** A build with room for two answers, where each of our addresses needs one. */
export async function withoutRoomForAnswers(): Promise<string> {
  return build(
    await sourcesBeside('without-room', [
      {
        file: 'features/neighbor/layout.ts',
        texts: [
          ['ANSWER_SLOTS = 65536', 'ANSWER_SLOTS = 2'],
          ['ANSWERS_BYTES = 2097152', 'ANSWERS_BYTES = 64'],
        ],
      },
    ]),
  );
}

/** A build that is as it was, but says that it lays the sessions of NAT out otherwise. */
export async function withOtherSessions(): Promise<string> {
  const code = new Uint8Array(await readFile(ordinary));
  const [section] = WebAssembly.Module.customSections(await WebAssembly.compile(code), INFO_SECTION);
  const info = JSON.parse(new TextDecoder().decode(section)) as DatapathInfo;
  const sessions = { ...info.tables['NAT_SESSIONS'], layout: 'other' };
  const said = customSection(INFO_SECTION, { ...info, tables: { ...info.tables, NAT_SESSIONS: sessions } });
  const file = join(folder, 'lab-other-sessions.wasm');
  // The first section of a name is the one that is read; they may stand anywhere behind magic number and version.
  await writeFile(file, joinBytes(code.subarray(0, 8), said, code.subarray(8)));
  return file;
}

function customSection(name: string, value: unknown): Uint8Array {
  const content = new TextEncoder().encode(
    `${String.fromCharCode(name.length)}${name}${JSON.stringify(value)}`,
  );
  return joinBytes(Uint8Array.of(0, ...leb128(content.length)), content);
}

function leb128(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)];
}

/** Sources with some texts changed, laid out beside the build that the router starts with. */
async function sourcesBeside(name: string, patches: readonly Patch[]): Promise<DatapathSource> {
  const root = await otherSources(join(folder, 'lab-sources', name), patches);
  const { tables } = readInfo(await WebAssembly.compile(new Uint8Array(await readFile(ordinary))));
  return { ...packetPath, root, beside: tables };
}

async function build(source: DatapathSource): Promise<string> {
  return (await cachedDatapath(source, folder)).file;
}

/** Writes a source file and gives its path as the compiler's lists have it. */
async function write(name: string, text: string): Promise<string> {
  const file = join(stages, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return `../build/lab-stages/${name.replace(/\.ts$/, '')}`;
}

/** A build with another stage in the place of one. */
async function without(name: string, text: string): Promise<string> {
  const silent = await write(`silent/datapath/${name}.ts`, text);
  const stages = packetPath.stages.map((path) => (path.endsWith(`/${name}`) ? silent : path));
  return build({ ...packetPath, stages });
}

function stageText(doc: string, name: string): string {
  return `
import { Packet } from '${'../'.repeat(name === 'labExtra' ? 3 : 4)}src/engine/datapath/packet';

export enum Edge {
  CONSUMED,
  /** The lab wants it so. */
  DROP_LAB_NOTHING,
}

/** ${doc} */
export function ${name}(packet: Packet): u32 {
  return packet.pktLen ? Edge.DROP_LAB_NOTHING : Edge.CONSUMED;
}
`;
}
