import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { commandFor } from './command.ts';
import { lines } from './output.ts';
import { runCli } from './run-cli.ts';
import { type ToyRouter, toyCommands, toyRouter } from './testing/toy-router.ts';

const wait = commandFor<ToyRouter>()({
  syntax: 'wait',
  help: 'Waits for Ctrl-C.',
  run: async (_, __, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return lines(['stopped']);
  },
});

describe('the shell', { timeout: 10_000 }, () => {
  let state = '';
  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'shell-'));
  });
  after(() => rm(state, { recursive: true }));

  /** Types each key sequence once the text before it has been shown. */
  async function type(keys: readonly (readonly [awaited: string, keys: string])[]): Promise<string> {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stdout = Object.assign(new PassThrough(), { isTTY: true, rows: 50 });
    let screen = '';
    let seen = 0;
    let next = 0;
    stdout.on('data', (chunk) => {
      screen += String(chunk);
      for (let step = keys[next]; step !== undefined; step = keys[next]) {
        const found = screen.indexOf(step[0], seen);
        if (found < 0) return;
        seen = found + step[0].length;
        next++;
        setImmediate(() => stdin.write(step[1]));
      }
    });
    const code = await runCli<ToyRouter>({
      name: 'router ctl',
      version: '1',
      argv: [],
      env: { XDG_STATE_HOME: state },
      streams: { stdin, stdout, stderr: stdout },
      commands: [...toyCommands, wait],
      socket: { path: '/x', variables: [] },
      connect: () => toyRouter('p0'),
    });
    assert.deepEqual([code, next], [0, keys.length], screen);
    return screen;
  }

  it('runs lines until quit and remembers them', async () => {
    const screen = await type([
      ['router> ', 'link\r'],
      ['p0    1500  yes', 'oops\r'],
      ['unknown command "oops"', 'quit\r'],
    ]);
    assert.match(screen, /NAME {3}MTU {2}IS\/UP/);
    assert.equal(await readFile(join(state, 'router-ctl', 'history'), 'utf8'), 'link\noops\nquit\n');
    await type([
      ['router> ', '\u001b[A\u001b[A\u001b[A\r'],
      ['p0    1500  yes', '\u0004'],
    ]);
  });

  it('completes at Tab and explains at "?"', async () => {
    const screen = await type([
      ['router> ', 'lin\t'],
      ['k ', 'na\t'],
      ['me ', '?'],
      ['p0    Names a link.\n', 'p'],
      ['p', '\t'],
      ['0 ', '\r'],
      ['is_up: yes', 'quit\r'],
    ]);
    assert.match(screen, /\n {2}LINK {2}Names a link\. Takes a name of 1 to 15 bytes/);
  });

  it('ends a running command at Ctrl-C, and not itself', async () => {
    await type([
      ['router> ', 'wait\r'],
      ['wait\r\n', '\u0003'],
      ['stopped', 'half a line\u0003'],
      ['router> ', 'quit\r'],
    ]);
  });
});
