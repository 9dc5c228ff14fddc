import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Ending, play, type Story } from './testing/story.ts';
import { type ToyRouter, toyCommands, toyRouter } from './testing/toy-router.ts';

function ctl(story: Partial<Story<ToyRouter>>): Promise<Ending> {
  return play({ commands: toyCommands, client: toyRouter('p0', 'p1'), ...story });
}

describe('a command', () => {
  it('shows a table with two spaces between its columns, numbers to the right', async () => {
    const { out, err, code } = await ctl({ argv: ['link'] });
    assert.equal(out, 'NAME   MTU  IS/UP\np0    1500  yes\np1    1500  yes\n');
    assert.deepEqual([err, code], ['', 0]);
  });

  it('gives a list as an array and one thing as an object in JSON', async () => {
    const list = await ctl({ argv: ['-j', 'link'] });
    assert.equal(list.out, '[{"name":"p0","mtu":1500,"is_up":true},{"name":"p1","mtu":1500,"is_up":true}]\n');
    const one = await ctl({ argv: ['--json', 'link', 'show', 'name', 'p1'] });
    assert.equal(one.out, '{"name":"p1","mtu":1500,"is_up":true,"addresses":[]}\n');
    const none = await ctl({ argv: ['-j', 'link'], client: toyRouter() });
    assert.equal(none.out, '[]\n');
  });

  it('keeps the line of names of an empty table', async () => {
    assert.equal((await ctl({ argv: ['link'], client: toyRouter() })).out, 'NAME  MTU  IS/UP\n');
  });

  it('shows one thing as lines of key and value', async () => {
    const { out } = await ctl({ input: 'address add 10.0.0.1/24 link p0\nlink name p0\n' });
    assert.equal(out, 'name: p0\nmtu: 1500\nis_up: yes\naddresses: 10.0.0.1/24\n');
  });

  it('prints a stream as it comes, in JSON one value a line', async () => {
    assert.equal((await ctl({ argv: ['events', 'count', '2'] })).out, 'event 0\nevent 1\n');
    const { out } = await ctl({ argv: ['-j', 'ev', 'c', '2'] });
    assert.equal(out, '{"event":0,"links":2}\n{"event":1,"links":2}\n');
  });

  it('gets repeated groups as records', async () => {
    const { out } = await ctl({ argv: 'group member 1 weight 9 member 2'.split(' ') });
    assert.equal(out, '1: 9\n2: 1\n');
  });
});

describe('a mistake', () => {
  it('is shown with a caret under it and what was expected', async () => {
    const { err, code, connected } = await ctl({ argv: ['link', 'add', 'p2', 'mtu', '99'] });
    assert.equal(
      err,
      [
        'error: MTU: expected an integer from 1280 to 9000, got "99"',
        '  link add p2 mtu 99',
        '                  ^',
        '  expected: MTU (an integer from 1280 to 9000)',
        '',
      ].join('\n'),
    );
    assert.deepEqual([code, connected], [1, undefined]);
  });

  it('lists what an ambiguous word may stand for', async () => {
    const { err } = await ctl({ commands: toyCommands, argv: ['l', 'ad', 'p2', 'd'] });
    assert.equal(err, 'error: "d" is ambiguous\n  l ad p2 d\n          ^\n  expected: down, description\n');
  });

  it('has a position and what was expected in JSON', async () => {
    const { err, out } = await ctl({ argv: ['-j', 'address', 'add', '10.0.0.1/8', 'p0'] });
    assert.equal(err, '{"error":"unexpected \\"p0\\"","errno":22,"position":23,"expected":["link"]}\n');
    assert.equal(out, '');
  });

  it('of the router has its errno and says more on the next line', async () => {
    const { err, code } = await ctl({ argv: ['link', 'add', 'p0'] });
    assert.equal(
      err,
      'error: command failed: File exists (EEXIST)\n  adding a link: expected a new name, got "p0"\n',
    );
    assert.equal(code, 1);
    const json = await ctl({ argv: ['-j', 'link', 'name', 'p9'] });
    assert.deepEqual(JSON.parse(json.err), {
      error: 'command failed: No such device (ENODEV)',
      errno: 19,
      detail: 'looking for a link: expected one that exists, got "p9"',
    });
  });

  it('of the invocation is a matter of its own', async () => {
    assert.deepEqual(await ctl({ argv: ['-z'] }), {
      out: '',
      err: 'error: unknown option -z: expected one of -c -d -e -f -h -j -p -s -V -x, see -h\n',
      code: 2,
      connected: undefined,
    });
    assert.match((await ctl({ argv: ['-s'] })).err, /-s\|--socket: expected PATH, got nothing/);
    assert.match(
      (await ctl({ argv: ['-f', 'x', 'link'] })).err,
      /expected either -f x or a command, got both/,
    );
    assert.match((await ctl({ argv: ['--json=yes'] })).err, /--json takes no value/);
  });
});

describe('a script', () => {
  it('runs line by line, skips comments and goes on after a mistake', async () => {
    const input = `# two links\nlink add a description 'not "used" yet'\n\nlink add a\r\nlink add b down # off\nlink all`;
    const { out, err, code } = await ctl({ input, client: toyRouter() });
    assert.equal(out, 'NAME   MTU  IS/UP\na     1500  yes\nb     1500  no\n');
    assert.match(err, /^error: command failed: File exists \(EEXIST\)\n.*\n {2}in standard input, line 4\n$/);
    assert.equal(code, 1);
  });

  it('stops at the first mistake with -e', async () => {
    const { out, code } = await ctl({ argv: ['-e'], input: 'link add p0\nlink\n' });
    assert.deepEqual([out, code], ['', 1]);
  });

  it('echoes its commands with -x', async () => {
    const { err } = await ctl({ argv: ['-x'], input: ' link add "p 2"\n\nlink\n' });
    assert.match(err, /^\+ link add "p 2"\nerror: .*\n.*\n\+ link\n$/s);
  });

  it('may change to JSON and may quit', async () => {
    const { out, code } = await ctl({
      input: 'json enable\nlink name p0\njson disable\nlink name p0\nquit\nlink\n',
    });
    assert.equal(out.split('\n')[0], '{"name":"p0","mtu":1500,"is_up":true,"addresses":[]}');
    assert.equal(out.split('\n').length, 6);
    assert.equal(code, 0);
  });

  it('may come from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'command-'));
    const file = join(folder, 'script');
    await writeFile(file, 'link add p0\nevents count 1');
    const { out, err, code } = await ctl({ argv: [`--file=${file}`] });
    assert.deepEqual([out, code], ['event 0\n', 1]);
    assert.match(err, new RegExp(`in ${file}, line 1\n$`));
    await rm(folder, { recursive: true });
    const missing = await ctl({ argv: ['-f', file] });
    assert.match(missing.err, /^error: command failed: No such file or directory \(ENOENT\)\n {2}.*script/);
    assert.equal(missing.code, 1);
  });
});

describe('the connection', () => {
  it('is made only when a command needs it', async () => {
    for (const argv of [['-V'], ['-h'], ['-d'], ['quit'], ['json', 'enable'], ['-c'], ['link', 'oops']]) {
      assert.equal((await ctl({ argv })).connected, undefined, argv.join(' '));
    }
  });

  it('goes to the socket of -s, else of the first variable that is set, else to the default', async () => {
    const env = { OLD_SOCK_PATH: '/old', ROUTER_SOCK_PATH: '' };
    assert.equal((await ctl({ argv: ['link'], env })).connected, '/old');
    assert.equal((await ctl({ argv: ['-s/mine', 'link'], env })).connected, '/mine');
    assert.equal((await ctl({ argv: ['link'] })).connected, '/run/router.sock');
  });
});

describe('the program', () => {
  it('prints its version, its usage and its grammar', async () => {
    assert.equal((await ctl({ argv: ['-V'] })).out, 'router ctl 1.2.3\n');
    const usage = (await ctl({ argv: ['--help'] })).out;
    assert.match(usage, /^Usage: router ctl \[OPTIONS\]/);
    assert.match(usage, /address add IP\/LEN link LINK\n {6}Adds an address to a link\./);
    const grammar = JSON.parse((await ctl({ argv: ['--dump-commands'] })).out);
    assert.equal(grammar.name, 'router ctl');
    assert.deepEqual(grammar.commands[2].tree.items[2], {
      type: 'argument',
      name: 'IP/LEN',
      expects: 'an address with a prefix length such as 192.0.2.1/24',
      help: 'Is the address of the link.',
    });
  });
});
