import { parseIpv4 } from '../../../net/address.ts';
import { parseMac } from '../../../net/mac.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import type { Topology } from '../../ip/testing/topology.ts';
import { NAT_INPUT_PLACE } from '../layout.ts';
import { RuleTable } from '../rule-table.ts';
import { type RuleFunctions, ruleFunctionNames } from '../table-functions.ts';

/**
 * Lets the second link's host stand for the third one's on a topology's first link; returns what makes all there be routed
 * as it is again.
 */
export function translateFirstLink({ bench, interfaces, links }: Topology): () => void {
  const [first, second, third] = links;
  const rules = new RuleTable(bench.tables<RuleFunctions>(ruleFunctionNames));
  const [destination, replace] = [second, third].map(({ host }) => parseIpv4(host.address4));
  if (!destination || !replace) throw new Error('expected a topology of three links');
  rules.addDnat('test', { iface: first.id, destination, replace });
  rules.setFlags(first.id, { dnat: true, snat: false });
  const plain = {
    flags: INTERFACE_UP,
    vrf: 1,
    mtu: 1500,
    mac: parseMac(first.mac),
    port: first.port,
    modeNode: bench.node('ether-input'),
    outputNode: bench.node('port-tx'),
    domain: 0,
  };
  const inputSteps = new Map([[NAT_INPUT_PLACE, bench.node('nat-input')]]);
  interfaces.write(first.id, { ...plain, inputSteps });
  return () => interfaces.write(first.id, plain);
}
