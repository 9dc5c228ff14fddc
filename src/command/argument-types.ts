import {
  type IpAddress,
  type Ipv4Address,
  type Ipv6Address,
  parseAddress,
  parseIpv4,
  parseIpv6,
} from '../net/address.ts';
import { type Mac, parseMac } from '../net/mac.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import { quoted, ValueError } from '../net/value-error.ts';
import type { ArgumentType, Completer } from './argument.ts';
import { parseCpuList } from './cpu-list.ts';

/** Takes a whole number between two bounds, decimal or 0x hexadecimal. */
export function integer(options: {
  readonly help: string;
  readonly min?: number;
  readonly max?: number;
}): ArgumentType<number> {
  const { help, min = 0, max = 0xffffffff } = options;
  const expects = `an integer from ${min} to ${max}`;
  const parse = (text: string) => {
    const value = /^(-?\d+|0x[0-9a-fA-F]+)$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new ValueError({ expected: expects, received: quoted(text) });
  };
  return { kind: 'value', expects, help, parse };
}

/** Takes an address of either family. */
export function ip(help: string): ArgumentType<IpAddress> {
  return { kind: 'value', expects: 'an IPv4 or IPv6 address', help, parse: parseAddress };
}

/** Takes an IPv4 address. */
export function ip4(help: string): ArgumentType<Ipv4Address> {
  return { kind: 'value', expects: 'an IPv4 address', help, parse: parseIpv4 };
}

/** Takes an IPv6 address. */
export function ip6(help: string): ArgumentType<Ipv6Address> {
  return { kind: 'value', expects: 'an IPv6 address', help, parse: parseIpv6 };
}

/** Takes an address with a prefix length; host bits are kept. */
export function prefix(help: string): ArgumentType<Prefix> {
  return {
    kind: 'value',
    expects: 'an address with a prefix length such as 192.0.2.1/24',
    help,
    parse: parsePrefix,
  };
}

/** Takes an Ethernet address. */
export function mac(help: string): ArgumentType<Mac> {
  return { kind: 'value', expects: 'a MAC address such as 02:00:00:00:00:01', help, parse: parseMac };
}

/** Takes the name of an interface or VRF: 1 to 15 bytes without space or "/", as the kernel wants it. */
export function name<C>(help: string, complete?: Completer<C>): ArgumentType<string, C> {
  const expects = 'a name of 1 to 15 bytes without spaces and "/"';
  const parse = (value: string) => {
    const good = /^[^\s/\p{Cc}]+$/u.test(value) && !/^\.{1,2}$/.test(value) && Buffer.byteLength(value) <= 15;
    if (good) return value;
    throw new ValueError({ expected: expects, received: quoted(value) });
  };
  return withCompleter({ kind: 'value', expects, help, parse }, complete);
}

/** Takes any text that is not empty, or the one that a pattern allows. */
export function text<C>(
  help: string,
  options: { readonly expects?: string; readonly pattern?: RegExp; readonly complete?: Completer<C> } = {},
): ArgumentType<string, C> {
  const { expects = 'a text', pattern = /^.+$/s } = options;
  const parse = (value: string) => {
    if (pattern.test(value)) return value;
    throw new ValueError({ expected: expects, received: quoted(value) });
  };
  return withCompleter({ kind: 'value', expects, help, parse }, options.complete);
}

/** Takes a list of CPUs such as 0-3,5 as ascending numbers. */
export function cpuList(help: string): ArgumentType<readonly number[]> {
  return { kind: 'value', expects: 'a list of CPUs such as 0-3,5', help, parse: parseCpuList };
}

/** Takes one of some words; declares both an argument and the literal alternatives `a|b` of a syntax. */
export function oneOf<const W extends Readonly<Record<string, string>>>(
  words: W,
  help = '',
): ArgumentType<keyof W & string> {
  const expects = Object.keys(words).join('|');
  const parse = (value: string) => {
    if (isWordOf(words, value)) return value;
    throw new ValueError({ expected: expects, received: quoted(value) });
  };
  return { kind: 'value', expects, help, parse, words };
}

function isWordOf<W extends object>(words: W, value: string): value is keyof W & string {
  return Object.hasOwn(words, value);
}

function withCompleter<T, C>(
  type: ArgumentType<T, C>,
  complete: Completer<C> | undefined,
): ArgumentType<T, C> {
  return complete === undefined ? type : { ...type, complete };
}
