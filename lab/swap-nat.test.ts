import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordinary, withLargerRecords, withOtherSessions } from './builds.ts';
import { testTopology } from './testing.ts';
import { Conversation } from './witness/conversation.ts';

// Inside are red, which shares an address, and blue, for which another one stands. Outside is out, which knows no way to them.
const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {}, out: {} } });
const { red, blue, out } = hosts;
await out.ip('route del default via 10.3.0.1');
await router.ctl(`
  snat44 add interface out subnet 10.1.0.0/16 replace 10.3.0.1
  dnat44 add interface out destination 10.3.0.9 replace 10.2.0.2
`);

test('connections go on while builds take over, by a session and by a rule that is written again', async () => {
  const builds = [await withLargerRecords(), ordinary, await withLargerRecords(), ordinary];
  await using calls = await Conversation.open({ from: red, to: out, address: out.ip4, port: 7001 });
  await using isCalled = await Conversation.open({ from: out, to: blue, address: '10.3.0.9', port: 7002 });
  await calls.goOn();
  const before = await sessionTo(7001);
  assert.equal(before?.['state'], 'established');
  for (const build of builds) {
    await router.ctl(`datapath swap ${build}`);
    await calls.goOn();
    await isCalled.goOn();
    assert.equal((await sessionTo(7001))?.['id'], before['id']);
  }
});

test('a build that lays sessions out otherwise is refused by their name, and they go on', async () => {
  await using calls = await Conversation.open({ from: red, to: out, address: out.ip4, port: 7003 });
  const { status, stderr } = await router.attempt(`datapath swap ${await withOtherSessions()}`);
  assert.equal(status, 1);
  assert.match(stderr, /the table NAT_SESSIONS laid out as it is[\s\S]*it needs a restart/);
  await calls.goOn();
});

async function sessionTo(port: number) {
  const sessions = await router.list('conntrack show');
  return sessions.find(({ flow, dport }) => flow === 'fwd' && Number(dport) === port);
}
