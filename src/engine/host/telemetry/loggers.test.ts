import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Logger, pino } from 'pino';
import { Loggers } from './loggers.ts';

test('a component says what its level lets it, and the others what theirs do', () => {
  const { root, loggers, lines } = make();
  const port = root.child({ component: 'port' });
  const ip = root.child({ component: 'ip' });
  loggers.set('port', 'debug');
  port.debug('seen');
  ip.debug('unseen');
  loggers.set('ip', 'error');
  ip.warn('unseen');
  ip.error('seen too');
  assert.deepEqual(lines, ['seen', 'seen too']);
});

test('a pattern reaches all it matches, and says how many', () => {
  const { root, loggers } = make();
  for (const component of ['api', 'api-tls', 'port']) root.child({ component });
  assert.equal(loggers.set('api*', 'debug'), 2);
  assert.equal(loggers.set('nobody', 'debug'), 0);
  assert.deepEqual(
    loggers.list().map(({ name, level }) => `${name}:${level}`),
    ['api:debug', 'api-tls:debug', 'port:info', 'router:info'],
  );
});

test('loggers made later have the level of their component', () => {
  const { root, loggers, lines } = make();
  root.child({ component: 'port' });
  loggers.set('*', 'debug');
  root.child({ component: 'port' }).debug('old component');
  root.child({ component: 'new' }).debug('new component');
  assert.deepEqual(lines, ['old component', 'new component']);
});

test('a grandchild follows its component', () => {
  const { root, loggers, lines } = make();
  const port = root.child({ component: 'port' }).child({ iface: 'p0' });
  loggers.set('port', 'debug');
  port.debug('seen');
  assert.deepEqual(lines, ['seen']);
});

function make(): { readonly root: Logger; readonly loggers: Loggers; readonly lines: string[] } {
  const lines: string[] = [];
  const root = pino({}, { write: (line) => lines.push(String(JSON.parse(line).msg)) });
  return { root, loggers: new Loggers(root), lines };
}
