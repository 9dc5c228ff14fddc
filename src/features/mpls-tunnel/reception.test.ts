import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Reception } from './reception.ts';

it('takes GRE and both UDP ports with the first who wants labels, and gives them back with the last', () => {
  const { told, reception } = story();
  reception.open('test', 1);
  assert.deepEqual(told.splice(0), [
    'take 6635 mplsoudp-input',
    'take 51234 mplsoudp-input',
    'ipv4 47 gre-input',
    'ipv6 47 gre-input',
    'underlay 1 on',
  ]);
  reception.open('test', 1);
  reception.open('test', 7);
  assert.deepEqual(told.splice(0), ['underlay 7 on']);
  reception.close(1);
  assert.deepEqual(told.splice(0), []);
  reception.close(1);
  assert.deepEqual(told.splice(0), ['underlay 1 off']);
  reception.close(7);
  assert.deepEqual(told.splice(0), [
    'underlay 7 off',
    'release 6635',
    'release 51234',
    'ipv4 47 host',
    'ipv6 47 host',
  ]);
});

it('takes nothing where somebody else has one of the ports', () => {
  const { told, reception } = story(51234);
  assert.throws(() => reception.open('test', 1), /taken/);
  assert.deepEqual(told, ['take 6635 mplsoudp-input', 'release 6635']);
});

function story(taken?: number) {
  const told: string[] = [];
  const reception = new Reception({
    table: { setUnderlay: (vrf, on) => void told.push(`underlay ${vrf} ${on ? 'on' : 'off'}`) },
    ip: {
      takeProtocol: (family, protocol, stage = 'host') => void told.push(`${family} ${protocol} ${stage}`),
    },
    udpPorts: {
      take: (_, port, stage) => {
        if (port === taken) throw new Error('taken');
        told.push(`take ${port} ${stage}`);
      },
      release: (port) => void told.push(`release ${port}`),
    },
  });
  return { told, reception };
}
