import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from './eventually.ts';
import { Namespace } from './namespace.ts';
import { testRouter } from './testing.ts';

const router = await testRouter();
const elsewhere = new Namespace('elsewhere');
after(() => elsewhere.close());

await router.ctl(`
  interface add port here devargs net_tap0,iface=x-here
  interface add port away devargs net_tap1,iface=x-away
`);
const flagsOf = async (name: string) => (await router.list(`interface show name ${name}`))[0]?.flags;

test('a port whose TAP goes down stops running, and runs again when it is up', async () => {
  await router.namespace.ip('link set x-here down');
  await eventually(async () => assert.deepEqual(await flagsOf('here'), ['up']));
  await router.namespace.ip('link set x-here up');
  await eventually(async () => assert.deepEqual(await flagsOf('here'), ['up', 'running']));
  await using events = router.watch('events', 'replay', '50', 'type', 'iface change');
  await events.said(/iface change: .*here.*\n.*iface change: .*here/);
});

test('a port whose TAP moves to another namespace goes on running until the TAP is deleted', async () => {
  await router.namespace.ip(`link set x-away netns ${elsewhere.name}\nlink set x-here down`);
  await elsewhere.ip('link set x-away up');
  await eventually(async () => assert.deepEqual(await flagsOf('here'), ['up']));
  assert.deepEqual(await flagsOf('away'), ['up', 'running']);

  await router.ctl('interface set port away mtu 1280');
  const refused = await router.attempt('interface set port away qsize 512');
  assert.match(refused.stderr, /\(ENODEV\).*expected a TAP in the router's network namespace/s);

  await elsewhere.ip('link del x-away');
  await eventually(async () => assert.deepEqual(await flagsOf('away'), ['up']));
});
