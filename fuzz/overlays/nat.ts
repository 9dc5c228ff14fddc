import { NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from '../../src/features/nat/layout.ts';
import { RuleTable } from '../../src/features/nat/rule-table.ts';
import { type RuleFunctions, ruleFunctionNames } from '../../src/features/nat/table-functions.ts';
import { parseIpv4 } from '../../src/net/address.ts';
import type { Ground } from './ground.ts';
import { addStep } from './steps.ts';

const [IFACE, PORT, PLACE, MTU] = [5, 4, 150, 1500];
const mac = '02:00:00:00:00:05';
const station = '02:00:00:00:0e:01';
const [outside, inside] = [parseIpv4('10.0.9.9'), parseIpv4('10.0.1.2')];

/** Lets an address behind a port stand for the host of link 1, and leads a route there. */
export function addNat(ground: Ground): void {
  const rules = new RuleTable(ground.topology.bench.tables<RuleFunctions>(ruleFunctionNames));
  rules.addDnat('fuzz', { iface: IFACE, destination: outside, replace: inside });
  rules.setFlags(IFACE, { dnat: true, snat: false });
  addStep(ground, IFACE, { way: 'input', place: NAT_INPUT_PLACE, stage: 'nat-input' });
  addStep(ground, IFACE, { way: 'output', place: NAT_OUTPUT_PLACE, stage: 'nat-output' });
  const [first] = ground.topology.links;
  ground.route(PLACE, ground.topology.neighbor({ ...first, id: IFACE, mac }, { mac: station, mtu: MTU }));
  ground.station(station, [PORT], MTU);
  ground.translations.push({ port: PORT, outside: Number(outside.value), inside: Number(inside.value) });
}
