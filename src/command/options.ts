/** What the words before the command ask for. */
export interface Options {
  readonly bashComplete: boolean;
  readonly dumpCommands: boolean;
  readonly errExit: boolean;
  readonly file?: string;
  readonly help: boolean;
  readonly json: boolean;
  readonly noPager: boolean;
  readonly socket?: string;
  readonly traceCommands: boolean;
  readonly version: boolean;
  /** The words after the options. */
  readonly words: readonly string[];
}

/** Says that the invocation itself is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'EINVAL';
}

type Flag =
  | 'bashComplete'
  | 'dumpCommands'
  | 'errExit'
  | 'help'
  | 'json'
  | 'noPager'
  | 'traceCommands'
  | 'version';

export interface OptionDescription {
  readonly short: string;
  readonly long: string;
  readonly key: Flag | 'file' | 'socket';
  /** The name of the value that follows, where one does. */
  readonly value?: string;
  readonly help: string;
}

export const optionDescriptions: readonly OptionDescription[] = [
  {
    short: 'c',
    long: 'bash-complete',
    key: 'bashComplete',
    help: 'Completes for bash, or prints what bash needs for it.',
  },
  {
    short: 'd',
    long: 'dump-commands',
    key: 'dumpCommands',
    help: 'Prints the grammar of all commands as JSON.',
  },
  { short: 'e', long: 'err-exit', key: 'errExit', help: 'Stops at the first line that fails.' },
  { short: 'f', long: 'file', key: 'file', value: 'PATH', help: 'Reads commands from a file, one a line.' },
  { short: 'h', long: 'help', key: 'help', help: 'Prints this text.' },
  { short: 'j', long: 'json', key: 'json', help: 'Prints results and errors as JSON.' },
  { short: 'p', long: 'no-pager', key: 'noPager', help: 'Does not show long results in a pager.' },
  { short: 's', long: 'socket', key: 'socket', value: 'PATH', help: 'Takes another socket of the router.' },
  { short: 'V', long: 'version', key: 'version', help: 'Prints the version.' },
  { short: 'x', long: 'trace-commands', key: 'traceCommands', help: 'Prints each command before it runs.' },
];

/** Reads options up to the first word of the command; throws a UsageError. */
export function parseOptions(argv: readonly string[]): Options {
  const found: Partial<Record<OptionDescription['key'], string>> = {};
  let index = 0;
  for (; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') return optionsOf(found, argv.slice(index + 1));
    if (!word.startsWith('-') || word === '-') break;
    const rest = argv.slice(index + 1);
    if (word.startsWith('--') ? takeLong(word, rest, found) : takeShort(word, rest, found)) index++;
    if (found.bashComplete !== undefined) return optionsOf(found, argv.slice(index + 1));
  }
  return optionsOf(found, argv.slice(index));
}

type Found = Partial<Record<OptionDescription['key'], string>>;

/** Tells whether the next word was taken as a value. */
function takeLong(word: string, rest: readonly string[], found: Found): boolean {
  const [name = '', ...values] = word.slice(2).split('=');
  const option = optionDescriptions.find((description) => description.long === name);
  if (option === undefined) throw unknownOption(`--${name}`);
  const inline = values.length > 0 ? values.join('=') : undefined;
  if (option.value === undefined && inline !== undefined) throw new UsageError(`--${name} takes no value`);
  return take(option, { inline, rest, found });
}

function takeShort(word: string, rest: readonly string[], found: Found): boolean {
  for (let index = 1; index < word.length; index++) {
    const option = optionDescriptions.find((description) => description.short === word[index]);
    if (option === undefined) throw unknownOption(`-${word[index]}`);
    const inline = index + 1 < word.length ? word.slice(index + 1) : undefined;
    if (option.value !== undefined) return take(option, { inline, rest, found });
    found[option.key] = '';
  }
  return false;
}

function take(
  option: OptionDescription,
  from: { readonly inline: string | undefined; readonly rest: readonly string[]; readonly found: Found },
): boolean {
  const value = option.value === undefined ? '' : (from.inline ?? from.rest[0]);
  if (value === undefined)
    throw new UsageError(`-${option.short}|--${option.long}: expected ${option.value}, got nothing`);
  from.found[option.key] = value;
  return option.value !== undefined && from.inline === undefined;
}

function optionsOf(found: Found, words: readonly string[]): Options {
  const isGiven = (key: Flag) => found[key] !== undefined;
  if (found.file !== undefined && words.length > 0 && !isGiven('bashComplete')) {
    throw new UsageError(`expected either -f ${found.file} or a command, got both`);
  }
  return {
    bashComplete: isGiven('bashComplete'),
    dumpCommands: isGiven('dumpCommands'),
    errExit: isGiven('errExit'),
    help: isGiven('help'),
    json: isGiven('json'),
    noPager: isGiven('noPager'),
    traceCommands: isGiven('traceCommands'),
    version: isGiven('version'),
    ...(found.file === undefined ? {} : { file: found.file }),
    ...(found.socket === undefined ? {} : { socket: found.socket }),
    words,
  };
}

function unknownOption(name: string): UsageError {
  const known = optionDescriptions.map(({ short }) => `-${short}`).join(' ');
  return new UsageError(`unknown option ${name}: expected one of ${known}, see -h`);
}
