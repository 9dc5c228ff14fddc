import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { commandFor } from './command.ts';
import { formatCpuList, parseCpuList } from './cpu-list.ts';
import { Interrupted, interruptible } from './interrupt.ts';
import { linesOf } from './lines.ts';
import { bytes, details, table } from './output.ts';
import { pagedSink, startPager } from './pager.ts';
import { jsonText } from './render.ts';
import { runCli } from './run-cli.ts';
import { play } from './testing/story.ts';

const command = commandFor<undefined>();

describe('output', () => {
  it('of many rows comes in pieces and is one array in JSON', async () => {
    async function* items() {
      for (let index = 0; index < 1500; index++) yield index;
    }
    const many = command({
      syntax: 'many',
      help: '',
      run: () =>
        table({ items: items(), columns: { N: (n) => n, ODD: (n) => (n % 2 === 1 ? 'odd' : undefined) } }),
    });
    const text = await play({ commands: [many], client: undefined, argv: ['many'] });
    assert.equal(text.out.split('\n').length, 1502);
    const { out } = await play({ commands: [many], client: undefined, argv: ['-j', 'many'] });
    const parsed: unknown = JSON.parse(out);
    assert.ok(Array.isArray(parsed) && parsed.length === 1500);
    assert.deepEqual(parsed[3], { n: 3, odd: 'odd' });
  });

  it('may be bytes', async () => {
    const capture = command({ syntax: 'capture', help: '', run: () => bytes(Uint8Array.of(104, 105)) });
    assert.equal((await play({ commands: [capture], client: undefined, argv: ['-j', 'capture'] })).out, 'hi');
  });

  it('shows objects inside of objects as indented lines', async () => {
    const nested = command({
      syntax: 'nested',
      help: '',
      run: () => details({ a: { b: 1n }, list: [{ x: 1, y: true }], none: null, words: ['u', 'v'] }),
    });
    const { out } = await play({ commands: [nested], client: undefined, argv: ['nested'] });
    assert.equal(out, 'a:\n  b: 1\nlist:\n  - x 1, y yes\nwords: u v\n');
  });

  it('writes counters as numbers as long as they are exact', () => {
    assert.equal(jsonText({ small: 5n, large: 2n ** 63n }), '{"small":5,"large":"9223372036854775808"}');
  });

  it('ends quietly when nobody reads it', async () => {
    const stdout = new Writable({
      write: (_, __, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const stderr = new PassThrough();
    const code = await runCli({
      name: 'x',
      version: '1',
      argv: ['-V'],
      env: {},
      streams: { stdin: new PassThrough(), stdout, stderr },
      commands: [],
      socket: { path: '', variables: [] },
      connect: () => undefined,
    });
    assert.deepEqual([code, stderr.readableLength], [141, 0]);
  });
});

describe('a pager', () => {
  it('is opened only for what does not fit', async () => {
    const shown: string[] = [];
    const paged: string[] = [];
    const show = async (...texts: string[]) => {
      const sink = pagedSink({
        rows: 3,
        write: async (text) => void shown.push(String(text)),
        openPager: async () => ({
          write: async (text) => void paged.push(String(text)),
          end: async () => undefined,
        }),
      });
      for (const text of texts) await sink.write(text);
      await sink.end();
    };
    await show('1\n2\n');
    await show('1\n2\n', '3\n', '4\n');
    assert.deepEqual([shown, paged], [['1\n2\n'], ['1\n2\n3\n', '4\n']]);
  });

  it('that does not exist leaves the text as it is', async () => {
    const shown: string[] = [];
    const pager = await startPager('exit 127', async (text) => void shown.push(String(text)));
    await pager.write('text');
    await pager.end();
    assert.deepEqual(shown, ['text']);
  });
});

describe('Ctrl-C', () => {
  it('aborts a command and lets it end by itself', async () => {
    const listeners: (() => void)[] = [];
    const onInterrupt = (listener: () => void) => {
      listeners.push(listener);
      return () => void listeners.pop();
    };
    await interruptible(onInterrupt, async (signal) => {
      for (const listener of listeners) listener();
      assert.ok(signal.aborted);
    });
    assert.equal(listeners.length, 0);
    const endless = interruptible(onInterrupt, () => new Promise(() => undefined));
    for (const press of [1, 2]) listeners[0]?.call(press);
    await assert.rejects(endless, Interrupted);
  });
});

describe('a list of CPUs', () => {
  it('survives the way to text and back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100), { minLength: 1 }), (cpus) => {
        const sorted = [...cpus].sort((left, right) => left - right);
        assert.deepEqual(parseCpuList(formatCpuList(cpus)), sorted);
      }),
    );
    assert.equal(formatCpuList([3, 0, 1, 2, 5]), '0-3,5');
  });

  it('refuses what is none', () => {
    for (const text of ['', '1,', '3-1', 'a', '1-', '2000', '0-9999']) {
      assert.throws(() => parseCpuList(text), /expected a list of CPUs such as 0-3,5/, text);
    }
  });
});

describe('lines of a stream', () => {
  it('are the same however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('é', 'a', '\n', '\r\n', '')),
        fc.nat(5),
        async (parts, size) => {
          const text = parts.join('');
          const chunks = async function* () {
            const whole = Buffer.from(text);
            for (let at = 0; at < whole.length; at += size + 1) yield whole.subarray(at, at + size + 1);
          };
          const expected = text.split(/\r?\n/);
          if (expected.at(-1) === '') expected.pop();
          const found: string[] = [];
          for await (const line of linesOf(chunks())) found.push(line);
          assert.deepEqual(found, expected);
        },
      ),
    );
  });
});
