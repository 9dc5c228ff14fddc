import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Declarations, flag, optional, records, repeated } from './argument.ts';
import { integer, name, oneOf } from './argument-types.ts';
import { bind } from './bind.ts';
import { checkOccurrences } from './occurrences.ts';
import { parseSyntax } from './syntax.ts';

const number = integer({ help: 'A number.' });
const interfaceName = name('An interface.');

describe('bind', () => {
  it('accepts declarations that fit', () => {
    fits('add NAME [(mac MAC),(max N),(all)] (member NHID [weight W])* SID+', {
      NAME: interfaceName,
      MAC: optional(interfaceName),
      'max N': optional(number),
      all: flag('All.'),
      member: records({ NHID: number, W: optional(number) }),
      SID: repeated(interfaceName),
    });
    fits('set up|down', { 'up|down': oneOf({ up: '', down: '' }) });
    fits('list [show]', {});
  });

  it('refuses an argument without a declaration and a declaration without an argument', () => {
    refuses('add NAME', {}, /argument NAME is not declared/);
    refuses('add', { NAME: interfaceName }, /declared but not in the syntax: NAME/);
    refuses(
      'x (member NHID [weight W])*',
      { member: records({ NHID: number }) },
      /argument W is not declared/,
    );
  });

  it('refuses words that a command would never hear of', () => {
    refuses('add [fast]', {}, /the optional word "fast" is not declared as a flag/);
    refuses('add up|down', {}, /the alternatives up\|down are not declared/);
    refuses('add up|down', { 'up|down': oneOf({ up: '', left: '' }) }, /differ in down, left/);
  });

  it('refuses a declaration that says another number than the syntax', () => {
    refuses('add [NAME]', { NAME: interfaceName }, /"NAME" can be absent; declare it optional/);
    refuses('add NAME', { NAME: optional(interfaceName) }, /"NAME" always comes/);
    refuses('add (a N),(b N)', { N: optional(number) }, /"N" can come more than once/);
    refuses('add N+', { N: number }, /"N" can come more than once/);
    refuses(
      'x (member NHID [weight W])*',
      { member: records({ NHID: number, W: number }) },
      /"W" can be absent; declare it optional/,
    );
  });
});

function fits(syntax: string, declarations: Declarations<unknown>): void {
  checkOccurrences(bind(parseSyntax(syntax), declarations), declarations);
}

function refuses(syntax: string, declarations: Declarations<unknown>, reason: RegExp): void {
  assert.throws(() => fits(syntax, declarations), reason);
}
