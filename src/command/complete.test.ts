import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { complete } from './complete.ts';
import { grammarOf } from './grammar.ts';
import { play } from './testing/story.ts';
import { toyCommands, toyRouter } from './testing/toy-router.ts';

const grammar = grammarOf(toyCommands);

async function offered(line: string): Promise<readonly string[]> {
  const { candidates } = await complete(grammar, line, async () => toyRouter('p0', 'p1', 'q0'));
  return candidates.map(({ label, help }) => `${label}: ${help}`);
}

async function inserted(line: string): Promise<readonly (string | undefined)[]> {
  const { candidates } = await complete(grammar, line, async () => toyRouter('p0', 'p1', 'q0'));
  return candidates.flatMap(({ text }) => (text === undefined ? [] : [text]));
}

describe('complete', () => {
  it('offers the first words with what they lead to', async () => {
    assert.deepEqual(await offered(''), [
      'link: add, show, name, all',
      'address: Adds an address to a link.',
      'group: Adds up the weights of members.',
      'events: Shows what happens until it is stopped.',
    ]);
    assert.deepEqual(await inserted('a'), ['address']);
  });

  it('offers what may follow, and the end where the line may end', async () => {
    assert.deepEqual(await offered('link add p2 '), [
      'up: Lets packets through.',
      'down: Lets none through.',
      'mtu: Bounds the size of packets.',
      'description: Describes the link.',
      '<enter>: Runs the command.',
    ]);
    assert.deepEqual(await inserted('link add p2 up m'), ['mtu']);
  });

  it('asks the router for the values of an argument', async () => {
    assert.deepEqual(await inserted('address add 10.0.0.1/8 link p'), ['p0', 'p1']);
    assert.deepEqual(await offered('link add x mtu '), [
      'MTU: Bounds the size of packets. Takes an integer from 1280 to 9000.',
    ]);
  });

  it('offers nothing after a mistake, and nothing that a missing router would know', async () => {
    assert.deepEqual(await offered('link oops '), []);
    const { candidates } = await complete(grammar, 'link name ', () =>
      Promise.reject(new Error('no router')),
    );
    assert.deepEqual(
      candidates.map(({ label }) => label),
      ['LINK'],
    );
  });

  it('completes a word inside of quotes', async () => {
    assert.deepEqual(await inserted(`link name "p`), ['p0', 'p1']);
  });
});

describe('bash completion', () => {
  const bash = async (line: string, word = '') => {
    const env = { COMP_LINE: line, COMP_POINT: String(line.length) };
    const argv = ['-c', 'router', word, ''];
    const { out } = await play({ commands: toyCommands, client: toyRouter('p0', 'p1'), argv, env });
    return out.split('\n').slice(0, -1);
  };

  it('prints the command that switches it on', async () => {
    const { out } = await play({ commands: toyCommands, client: toyRouter(), argv: ['-c'] });
    assert.equal(out, "complete -C 'router ctl --bash-complete' router\n");
  });

  it('completes the program, its options and its commands', async () => {
    assert.deepEqual(await bash('router '), ['ctl']);
    assert.deepEqual(await bash('router other '), []);
    assert.deepEqual(await bash('router ctl --f', '--f'), ['--file']);
    assert.deepEqual(await bash('router ctl '), ['link', 'address', 'group', 'events', 'quit', 'json']);
    assert.deepEqual(await bash('router ctl -j -s /x li', 'li'), ['link']);
    assert.deepEqual(await bash('router ctl link name '), ['p0', 'p1']);
    assert.deepEqual(await bash('router ctl -s '), []);
  });

  it('leaves out what bash has split off', async () => {
    const commands = toyCommands.slice(0, 2);
    const env = { COMP_LINE: 'router ctl link name a:', COMP_POINT: '23' };
    const { out } = await play({ commands, client: toyRouter('a:b'), argv: ['-c', 'router', '', ':'], env });
    assert.equal(out, 'b\n');
  });
});
