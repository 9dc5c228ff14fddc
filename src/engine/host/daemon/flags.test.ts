import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlags } from './flags.ts';

test('takes the letters of the grammar and leaves EAL its own arguments', () => {
  const flags = readFlags(
    [
      '-M',
      '127.0.0.1:9111',
      '-S',
      '-m',
      '0600',
      '-p',
      '-s',
      '/tmp/x.sock',
      '-t',
      '-u',
      '9000',
      '-vv',
      '-x',
      '--',
      '-a',
      '0000:01:00.0',
    ],
    {},
  );
  assert.equal(flags.metrics, '127.0.0.1:9111');
  assert.equal(flags.socketMode, 0o600);
  assert.equal(flags.socket, '/tmp/x.sock');
  assert.equal(flags.maxMtu, 9000);
  assert.equal(flags.verbose, 2);
  assert.ok(flags.syslog && flags.poll && flags.test && flags.tracePackets);
  assert.deepEqual(flags.ealArguments, ['-a', '0000:01:00.0']);
});

test('finds its socket in the environment, ours before that of the router it replaces', () => {
  assert.equal(readFlags([], { GROUT_SOCK_PATH: '/g' }).socket, '/g');
  assert.equal(readFlags([], { GROUT_SOCK_PATH: '/g', MILLRACE_SOCK_PATH: '/m' }).socket, '/m');
  assert.equal(readFlags([], {}).socket, '/run/millrace/vrouter.sock');
});

test('reads CPU lists', () => {
  assert.deepEqual(readFlags(['--datapath-cpus', '0-2,5'], {}).datapathCpus, [0, 1, 2, 5]);
});

test('says what it expected', () => {
  assert.throws(() => readFlags(['--datapath-cpus', 'one'], {}), /a list of CPUs such as 0-3,5, got "one"/);
  assert.throws(() => readFlags(['-u', '12'], {}), /a number of 1280 to/);
  assert.throws(() => readFlags(['--nonsense'], {}), /the options of --help/);
});
