import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { taskScript } from './task-script.ts';

const [one, two] = ['net_pcap0', 'net_pcap1'] as const;

test('p0 comes first, so that it has the address that packets are sent to', () => {
  deepEqual(taskScript({ devices: ['net_null2'], lines: ['do it'] }, [one, two]), [
    'interface add port p0 devargs net_pcap0',
    'interface add port p1 devargs net_pcap1',
    'interface add port p2 devargs net_null2',
    'do it',
  ]);
});

test('what takes long is said before p0 is there, which is then given that address', () => {
  deepEqual(taskScript({ early: ['this takes long'], lines: ['do it'] }, [one, two]), [
    'interface add port p1 devargs net_pcap1',
    'this takes long',
    'interface add port p0 devargs net_pcap0 mac 02:70:63:61:70:00',
    'do it',
  ]);
});
