import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { parsePrefix } from '../../net/prefix.ts';
import { CompiledLists } from '../filter/compiled-lists.ts';
import { FILTER_INPUT_PLACE, FILTER_OUTPUT_PLACE } from '../filter/layout.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { answerTo, forwarded, NatBench, type Spec } from './testing/nat-bench.ts';

const out: Spec = { source: '10.0.1.2', destination: '10.0.2.2', sport: 40000, dport: 53, kind: 'udp' };
const outside = { ...out, source: '10.0.2.1' };

let nat: NatBench;
let lists: CompiledLists;

/** Sources inside leave as 10.0.2.1 by an interface that has filters, too. */
beforeEach(async () => {
  nat = await NatBench.open();
  nat.translateSources();
  nat.useSteps({
    input: { [FILTER_INPUT_PLACE]: 'filter-input' },
    output: { [FILTER_OUTPUT_PLACE]: 'filter-output' },
  });
  lists = new CompiledLists(nat.topology.bench);
});

/** Has the outside interface send what has one source, and receive what has one destination; nothing else. */
function permit(source: string, destination: string): void {
  const rule = { action: 'permit', place: 1, established: false, fragment: false } as const;
  const other = { action: 'deny', place: 2 } as const;
  lists.show('test', 1, { rules: [{ ...rule, source: parsePrefix(`${source}/32`) }], other });
  lists.show('test', 2, { rules: [{ ...rule, destination: parsePrefix(`${destination}/32`) }], other });
  lists.functions.setFilterBinding(nat.outside.id, 2, 1);
}

describe('a filter beside NAT at one interface', () => {
  it('sees the addresses of the outside: those that packets have once they are sent, and when they come', () => {
    permit('10.0.2.1', '10.0.2.1');
    assert.deepEqual(packetIn(nat.receive(nat.inside, out).sent[0]), forwarded(outside));
    const back = answerTo(outside);
    const home = forwarded({ ...back, destination: '10.0.1.2' });
    assert.deepEqual(packetIn(nat.receive(nat.outside, back).sent[0]), home);
  });

  it('does not see those of the inside', () => {
    permit('10.0.1.2', '10.0.2.1');
    assert.deepEqual(nat.receive(nat.inside, out).ended, { 'filter-denied': 1 });
    permit('10.0.2.1', '10.0.1.2');
    assert.equal(nat.receive(nat.inside, out).sent.length, 1);
    assert.deepEqual(nat.receive(nat.outside, answerTo(outside)).ended, { 'filter-denied': 1 });
  });

  it('sees what stands for a station inside by the address that is spoken to', () => {
    nat.translateDestination('10.0.2.77', '10.0.1.2');
    const asked: Spec = { ...answerTo(outside), destination: '10.0.2.77' };
    permit('10.0.2.77', '10.0.2.77');
    const inside = forwarded({ ...asked, destination: '10.0.1.2' });
    assert.deepEqual(packetIn(nat.receive(nat.outside, asked).sent[0]), inside);
    permit('10.0.2.77', '10.0.1.2');
    assert.deepEqual(nat.receive(nat.outside, asked).ended, { 'filter-denied': 1 });
  });
});
