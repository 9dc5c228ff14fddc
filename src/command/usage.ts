import type { Command } from './command.ts';
import { optionDescriptions } from './options.ts';

/** Gives the text of `-h`: the invocation, its options and all commands. */
export function usageText<C>(name: string, commands: readonly Command<C>[]): string {
  const options = optionDescriptions.map(({ short, long, value, help }) => {
    const names = `-${short}, --${long}${value === undefined ? '' : ` ${value}`}`;
    return `  ${names.padEnd(24)}${help}`;
  });
  const described = commands.map(({ syntax, help }) => `  ${syntax}\n      ${help}`);
  const fragments = new Map(commands.flatMap((command) => Object.entries(command.fragments)));
  const wheres = [...fragments].map(([fragment, text]) => `  ${fragment} = ${text}`);
  return [
    `Usage: ${name} [OPTIONS] [COMMAND…]`,
    '',
    'Without a command it is a shell on a terminal, and reads one command a line from a pipe.',
    '',
    'Options:',
    ...options,
    '',
    'Commands (a,b: any of them in any order · a|b: one of them · [a]: may be absent · a+ a*: repeated):',
    ...described,
    ...(wheres.length > 0 ? ['', 'Where:', ...wheres] : []),
    '',
  ].join('\n');
}
