import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { after, test } from 'node:test';
import { attempt } from './command.ts';
import { type Hardness, startStressPlace, stresses, stressUnderTraffic } from './stress/all.ts';
import { stressKill } from './stress/kill.ts';

// A short version of `npm run stress`, on a machine that may be busy with other things.

const hard: Hardness = {
  clients: 1000,
  readers: 150,
  unread: 1600,
  broken: 104,
  largeMessages: 3,
  listed: 100_000,
  seconds: 2,
  changesPerSecond: 30_000,
  deleteRounds: 1,
};
const plan = { warm: false, mostMs: 3000, mostLost: 500, residentMegabytes: 600, buffers: 1024 };
const place = await startStressPlace();
after(() => place.close());

const facts: Readonly<Record<string, string>> = {
  clients: 'a thousand clients at once are all answered',
  readers: 'clients that do not read what they asked for cost a bounded piece of memory',
  broken: 'half-open connections and garbage disturb nobody',
  messages: 'messages of every size are served, or refused with a reason',
  lists: 'a large table is listed while others get their answers',
  changes: 'tables change by tens of thousands a second while packets flow, and everything is given back',
  deletes: 'what packets are using can be deleted by three callers at once, and put back',
};

for (const [name, fact] of Object.entries(facts)) {
  test(fact, async () => {
    const stress = stresses[name];
    assert.ok(stress);
    const { faults } = await stressUnderTraffic(place, () => stress(place, hard), plan);
    assert.deepEqual(faults, []);
  });
}

test('only the owner and the group of the socket get in', async () => {
  const { router } = place;
  chmodSync(router.directory, 0o755);
  const as = (user: string, group: string) => {
    const [, ...words] = router.ctlCommand('-e');
    const command = [
      '--reuid',
      user,
      '--regid',
      group,
      '--clear-groups',
      router.ctlCommand()[0],
      ...words,
    ] as const;
    return attempt(['setpriv', ...command], { input: 'interface show' });
  };
  const stranger = await as('nobody', 'nogroup');
  assert.equal(stranger.status, 1);
  assert.match(stranger.stderr, /EACCES.*a socket that this user may not open/s);
  assert.equal((await as('nobody', 'root')).status, 0);
});

test('a router that is killed at any moment starts again, and leaves nothing behind', async () => {
  const { faults } = await stressKill(5);
  assert.deepEqual(faults, []);
});
