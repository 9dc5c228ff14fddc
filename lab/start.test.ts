import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { Router, type RouterOptions } from './router.ts';

const asNobody = 'setpriv --reuid nobody --regid nogroup --clear-groups';

test('a router says how long its start took', async () => {
  await using router = await started();
  assert.match(router.log, /"startupMs":[1-9]\d*/);
});

test('a router that is told to end leaves no socket, TAP or hugepage file', async () => {
  await using router = await started({ config: 'interface add port p0 devargs net_tap0,iface=x-p0' });
  assert.match(await devicesOf(router), /x-p0/);
  assert.equal(await router.stop(), 0);
  assert.deepEqual(leftBy(router), []);
  assert.doesNotMatch(await devicesOf(router), /x-p0/);
});

test('a router that is killed leaves nothing that prevents the next start', async () => {
  await using router = new Router();
  const sockets = `${router.directory}/s`;
  const ports = `
    interface add port p0 devargs net_tap0,iface=x-p0
    interface add port p1 devargs net_vhost0,iface=${sockets}-vhost
    interface add port p2 devargs net_memif0,role=server,socket-abstract=no,socket=${sockets}-memif
  `;
  await router.start();
  await router.ctl(ports);
  await router.stop('SIGKILL');
  assert.doesNotMatch(await devicesOf(router), /x-p0/);
  assert.deepEqual(hugepageFiles(), []);
  await router.start();
  await router.ctl(ports);
  assert.equal((await router.list('interface show type port')).length, 3);
});

test('a second router on the same socket is refused, and the first goes on', async () => {
  await using first = await started();
  await using second = new Router({ namespace: first.namespace, directory: first.directory });
  assert.match(await second.refusal(), /expected a free socket, got one that .* \(pid \d+\) listens on/);
  assert.equal((await first.list('interface show')).length, 1);
});

test('a socket has the mode and the owner of its flags', async () => {
  await using router = await started({ flags: ['-m', '0604', '-o', 'nobody:nogroup'] });
  const { mode, uid } = statSync(router.socket);
  assert.deepEqual([(mode & 0o777).toString(8), uid], ['604', 65534]);
});

test('a start script with a wrong line stops the start and says where', async () => {
  await using router = new Router({ config: 'interface show\ninterface add bogus' });
  assert.match(await router.refusal(), /unexpected "bogus".*expected: .*start\.ctl, line 2/s);
  assert.deepEqual(leftBy(router), []);
});

test('a router without free hugepages says so, and what to do', async () => {
  const hidden = `unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/mm/hugepages && exec "$@"' sh`;
  await using router = new Router({ wrapper: hidden });
  assert.match(await router.refusal(), /expected free hugepages, got none .*nr_hugepages.*test mode/);
});

test('a router that wants more hugepages than there are says how much memory there is', async () => {
  await using router = new Router({ flags: ['--', '-m', '1000000'] });
  assert.match(await router.refusal(), /Requested: 1000000MB, available: \d+MB/);
});

test('a router without hugepages runs in test mode', async () => {
  await using router = await started({ flags: ['-t'] });
  await router.ctl('interface add port p0 devargs net_null0');
});

test('a router of an ordinary user says which privilege a device needs, and goes on', async () => {
  await using router = new Router({ wrapper: asNobody });
  chmodSync(router.directory, 0o777);
  await router.start();
  const refused = await router.attempt('interface add port p0 devargs net_tap0,iface=x-p0');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /\((EPERM|EACCES)\)/);
  await router.ctl('interface add port p1 devargs net_null0');
});

for (const { flags, error } of [
  { flags: ['--foo'], error: /expected the options of --help, got .*--foo/ },
  { flags: ['--datapath-cpus', '77'], error: /expected CPUs among [\d, ]+, got CPU 77/ },
  { flags: ['-o', 'nosuch'], error: /expected a number or a user of .*, got "nosuch"/ },
  { flags: ['--buffers', '7'], error: /--buffers: expected a number of \d+ to \d+, got "7"/ },
  { flags: ['--', '--nonsense'], error: /(unrecognized option '|unknown argument )--nonsense/ },
]) {
  test(`a router is not started with ${flags.join(' ')}`, async () => {
    await using router = new Router({ flags });
    assert.match(await router.refusal(), error);
  });
}

async function started(options: RouterOptions = {}): Promise<Router> {
  return new Router(options).start();
}

function devicesOf(router: Router): Promise<string> {
  return router.namespace.run('ip -brief link');
}

function leftBy(router: Router): readonly string[] {
  return [...readdirSync(router.directory).filter((name) => name !== 'start.ctl'), ...hugepageFiles()];
}

function hugepageFiles(): readonly string[] {
  return existsSync('/dev/hugepages') ? readdirSync('/dev/hugepages') : [];
}
