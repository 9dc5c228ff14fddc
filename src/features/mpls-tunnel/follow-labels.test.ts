import assert from 'node:assert/strict';
import { it } from 'node:test';
import { followLabels } from './follow-labels.ts';

it('opens the VRF with the first label, closes it with the last, and only warns when a port is taken', () => {
  const told: string[] = [];
  const listeners: ((used: boolean) => void)[] = [];
  let taken = false;
  const open = (_: string, vrf: number) => {
    if (taken) throw new Error('taken');
    told.push(`open ${vrf}`);
  };
  const log = { warn: (_: object, message: string) => void told.push(message) };
  followLabels(
    { log },
    { onUsed: (listener) => void listeners.push(listener) },
    { open, close: (vrf) => void told.push(`close ${vrf}`) },
    () => 1,
  );
  const tell = (used: boolean) => {
    for (const listener of listeners) listener(used);
    return told.splice(0);
  };
  assert.deepEqual(tell(true), ['open 1']);
  assert.deepEqual(tell(false), ['close 1']);
  taken = true;
  assert.deepEqual(tell(true), ['labels are taken out of no tunnels']);
  assert.deepEqual(tell(false), []);
});
