import type { ArgumentType } from '../../command/argument.ts';
import { text } from '../../command/argument-types.ts';
import { givenName } from '../../engine/given-name.ts';
import { quoted, ValueError } from '../../net/value-error.ts';
import type { Range } from './rule.ts';

/** Protocols that have names here; others are numbers. */
const protocols: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  ospf: 89,
  sctp: 132,
};

/** Bits of TCP's flags (RFC 9293 3.1). */
const flagBits: Readonly<Record<string, number>> = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
};

/** Names of DSCPs (RFC 2474, 2597, 3246, 8622). */
const dscps: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`cs${i}`, i * 8])),
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((type) => [1, 2, 3].map((drop) => [`af${type}${drop}`, type * 8 + drop * 2])),
  ),
  be: 0,
  le: 1,
  ef: 46,
};

/** Takes a protocol by name or number. */
export function protocol(help: string): ArgumentType<number> {
  return numbered({ help, words: protocols, most: 255, expects: 'a protocol such as tcp, udp, icmp or 47' });
}

/** Takes a DSCP by name or number. */
export function dscp(help: string): ArgumentType<number> {
  return numbered({ help, words: dscps, most: 63, expects: 'a DSCP such as ef, af41, cs6 or 46' });
}

/** Takes a port, or several from one to another. */
export function ports(help: string): ArgumentType<Range> {
  const expects = 'a port, or ports such as 1024-65535';
  const parse = (text: string) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    const range = { first: Number(first), last: Number(last) };
    if (range.first <= range.last && range.last <= 65535) return range;
    throw new ValueError({ expected: expects, received: quoted(text) });
  };
  return { kind: 'value', expects, help, parse };
}

/** Takes flags of TCP that are to be set, or with "!" not to be set. */
export function tcpFlags(help: string): ArgumentType<{ readonly mask: number; readonly value: number }> {
  const expects = 'flags of TCP such as syn,!ack';
  const parse = (text: string) => {
    let [mask, value] = [0, 0];
    for (const word of text.split(',')) {
      const bit = flagBits[word.replace(/^!/, '')];
      if (bit === undefined || mask & bit)
        throw new ValueError({ expected: expects, received: quoted(text) });
      mask |= bit;
      if (!word.startsWith('!')) value |= bit;
    }
    return { mask, value };
  };
  return { kind: 'value', expects, help, parse };
}

/** Takes the name of a list. */
export function listName(help: string): ArgumentType<string> {
  return text(help, givenName);
}

export function protocolText(number: number): string {
  return wordOf(protocols, number);
}

export function dscpText(number: number): string {
  return wordOf(dscps, number);
}

export function flagsText({
  mask = 0,
  value = 0,
}: {
  readonly mask?: number;
  readonly value?: number;
}): string {
  const looked = Object.entries(flagBits).filter(([, bit]) => mask & bit);
  return looked.map(([word, bit]) => (value & bit ? word : `!${word}`)).join();
}

export function rangeText({
  first = 0,
  last = 0,
}: {
  readonly first?: number;
  readonly last?: number;
}): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function wordOf(words: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(words).find((word) => words[word] === number) ?? String(number);
}

function numbered(options: {
  readonly help: string;
  readonly words: Readonly<Record<string, number>>;
  readonly most: number;
  readonly expects: string;
}): ArgumentType<number> {
  const { help, words, most, expects } = options;
  const parse = (text: string) => {
    const value = words[text] ?? (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);
    if (value <= most) return value;
    throw new ValueError({ expected: expects, received: quoted(text) });
  };
  return { kind: 'value', expects, help, parse };
}
