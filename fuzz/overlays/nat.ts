import { NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from '../../src/features/nat/layout.ts';
import { RuleTable } from '../../src/features/nat/rule-table.ts';
import { maskOf, numberOf } from '../../src/features/nat/rules.ts';
import { type RuleFunctions, ruleFunctionNames } from '../../src/features/nat/table-functions.ts';
import { parseIpv4 } from '../../src/net/address.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import { between, coming, leaving } from '../generate/nat-seeds.ts';
import type { Ground } from './ground.ts';
import { NatTables } from './nat-tables.ts';
import { addStep } from './steps.ts';

const [IFACE, PORT, PLACE, MTU] = [5, 4, 150, 1500];
const mac = '02:00:00:00:00:05';
const station = '02:00:00:00:0e:01';
const [outside, inside] = [parseIpv4('10.0.9.9'), parseIpv4('10.0.1.2')];
/** Subnets that share an address, longest prefix first; the router's own addresses are in none. */
const shared = [
  { subnet: '10.0.2.2/31', replace: '10.0.9.1' },
  { subnet: '10.0.3.2/31', replace: '10.0.9.1' },
  { subnet: '10.0.1.64/26', replace: '10.0.9.2' },
].map(({ subnet, replace }) => ({ iface: IFACE, subnet: parsePrefix(subnet), replace: parseIpv4(replace) }));

/** Lets an address behind a port stand for the host of link 1, others for subnets, leads a route there, and begins sessions. */
export function addNat(ground: Ground): NatTables {
  const { bench } = ground.topology;
  const rules = new RuleTable(bench.tables<RuleFunctions>(ruleFunctionNames));
  rules.addDnat('fuzz', { iface: IFACE, destination: outside, replace: inside });
  rules.writeSnat('fuzz', IFACE, shared);
  rules.setFlags(IFACE, { dnat: true, snat: true });
  addStep(ground, IFACE, { way: 'input', place: NAT_INPUT_PLACE, stage: 'nat-input' });
  addStep(ground, IFACE, { way: 'output', place: NAT_OUTPUT_PLACE, stage: 'nat-output' });
  const [first] = ground.topology.links;
  ground.route(PLACE, ground.topology.neighbor({ ...first, id: IFACE, mac }, { mac: station, mtu: MTU }));
  ground.station(station, [PORT], MTU);
  ground.translations.push({ port: PORT, outside: Number(outside.value), inside: Number(inside.value) });
  for (const { subnet, replace } of shared) {
    const mask = maskOf(subnet.length) >>> 0;
    const rule = { subnet: numberOf(subnet.address), mask, outside: Number(replace.value) };
    ground.shared.push({ port: PORT, ...rule });
  }
  return begun(new NatTables(bench, PORT), ground);
}

/** Sessions of which both ends have spoken, or one. */
function begun(tables: NatTables, { topology: { bench } }: Ground): NatTables {
  for (const frame of leaving(between({ station: '10.0.2.2', source: 4000 }))) bench.receive(0, [frame]);
  for (const frame of coming(between({ station: '10.0.9.1', source: 4000, way: 'back' })))
    bench.receive(PORT, [frame]);
  // Two stations have the same port: the second one is given another.
  for (const frame of leaving(between({ station: '10.0.3.2', source: 4000 }))) bench.receive(0, [frame]);
  tables.keep();
  return tables;
}
