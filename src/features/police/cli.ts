import type { ArgumentType, Values } from '../../command/argument.ts';
import { optional } from '../../command/argument.ts';
import { integer, text } from '../../command/argument-types.ts';
import { table } from '../../command/output.ts';
import { counter } from '../../engine/client/counter.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { givenName } from '../../engine/given-name.ts';
import { quoted, ValueError } from '../../net/value-error.ts';
import { interfaceName, way } from '../interface/cli-arguments.ts';
import type { PolicerJson, PoliceService } from './police_pb.js';

const police = serviceRef<typeof PoliceService>('millrace.police.v1.PoliceService');

const bytes = (help: string) => optional(integer({ min: 1518, max: 1073741824, help }));
const treatment = (colour: string) =>
  optional(
    text(`What becomes of ${colour} packets.`, {
      expects: 'pass, drop or a DSCP from 0 to 63',
      pattern: /^(pass|drop|[1-5]?\d|6[0-3])$/,
    }),
  );
const limitName = (help: string) => text(help, givenName);

const restSyntax = '(cbs BYTES),(eir RATE),(ebs BYTES),(green ACTION),(yellow ACTION),(red ACTION)';
const restArguments = {
  'cbs BYTES': bytes('Bytes that may come at once; a tenth of a second of its rate otherwise.'),
  'eir RATE': optional(rate('The rate beyond, of yellow packets; none otherwise.')),
  'ebs BYTES': bytes('Bytes that may come at once beyond.'),
  'green ACTION': treatment('green'),
  'yellow ACTION': treatment('yellow'),
  'red ACTION': treatment('red'),
};

/** The commands of rate limits. */
export const policeCommands = [
  routerCommand({
    syntax: 'police add NAME cir RATE [REST]',
    help: 'Makes a rate limit.',
    fragments: { REST: restSyntax },
    args: {
      NAME: limitName('The rate limit.'),
      'cir RATE': rate('The rate of green packets.'),
      ...restArguments,
    },
    run: async ({ NAME, ...args }, router) => {
      const attributes = { cir: args['cir RATE'], ...restOf(args) };
      await router.call(police, 'addPolicer', { name: NAME, attributes });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'police set NAME (cir RATE),REST',
    help: 'Changes a rate limit while packets meet it; all or none.',
    fragments: { REST: restSyntax },
    args: {
      NAME: limitName('The rate limit.'),
      'cir RATE': optional(rate('The rate of green packets.')),
      ...restArguments,
    },
    run: async ({ NAME, ...args }, router) => {
      const attributes = { cir: args['cir RATE'], ...restOf(args) };
      await router.call(police, 'setPolicer', { name: NAME, attributes });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'police del NAME',
    help: 'Removes a rate limit that is at no interface and in no rule.',
    args: { NAME: limitName('The rate limit.') },
    run: async ({ NAME }, router) => {
      await router.call(police, 'deletePolicer', { name: NAME });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'police bind NAME iface IFACE in|out',
    help: 'Holds what an interface receives or sends to a rate limit; several share one that is at several.',
    args: { NAME: limitName('The rate limit.'), IFACE: interfaceName('The interface.'), 'in|out': way },
    run: async ({ NAME, IFACE, ...args }, router) => {
      await router.call(police, 'bindPolicer', { name: NAME, iface: IFACE, way: args['in|out'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'police unbind iface IFACE in|out',
    help: 'Takes the rate limit of an interface from it.',
    args: { IFACE: interfaceName('The interface.'), 'in|out': way },
    run: async ({ IFACE, ...args }, router) => {
      await router.call(police, 'unbindPolicer', { iface: IFACE, way: args['in|out'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'police stats',
    help: 'Lists what rate limits have given each colour.',
    run: async (_, router) => {
      const { policers = [] } = await router.call(police, 'listPolicers', {});
      return table({ items: policers, columns: countColumns });
    },
  }),
  routerCommand({
    syntax: 'police [show]',
    help: 'Lists rate limits and where they are.',
    run: async (_, router) => {
      const { policers = [] } = await router.call(police, 'listPolicers', {});
      return table({ items: policers, columns: limitColumns });
    },
  }),
];

const limitColumns = {
  NAME: ({ name }: PolicerJson) => name,
  CIR: ({ attributes }: PolicerJson) => counter(attributes?.cir),
  CBS: ({ attributes }: PolicerJson) => counter(attributes?.cbs),
  EIR: ({ attributes }: PolicerJson) => counter(attributes?.eir),
  EBS: ({ attributes }: PolicerJson) => counter(attributes?.ebs),
  GREEN: ({ attributes }: PolicerJson) => attributes?.green,
  YELLOW: ({ attributes }: PolicerJson) => attributes?.yellow,
  RED: ({ attributes }: PolicerJson) => attributes?.red,
  AT: ({ at = [] }: PolicerJson) => at,
};

const countColumns = {
  NAME: ({ name }: PolicerJson) => name,
  GREEN_PACKETS: ({ green }: PolicerJson) => counter(green?.packets),
  GREEN_BYTES: ({ green }: PolicerJson) => counter(green?.bytes),
  YELLOW_PACKETS: ({ yellow }: PolicerJson) => counter(yellow?.packets),
  YELLOW_BYTES: ({ yellow }: PolicerJson) => counter(yellow?.bytes),
  RED_PACKETS: ({ red }: PolicerJson) => counter(red?.packets),
  RED_BYTES: ({ red }: PolicerJson) => counter(red?.bytes),
};

/** Takes bits a second, with k, m or g for thousands, millions and thousands of millions. */
function rate(help: string): ArgumentType<string> {
  const expects = 'bits a second from 8k to 1000g, such as 100m or 2500000';
  const parse = (given: string) => {
    const [, number, unit = ''] = /^(\d{1,13})([kmg]?)$/.exec(given) ?? [];
    const bits = BigInt(number ?? 0) * (units[unit] ?? 1n);
    if (bits >= 8000n && bits <= 1_000_000_000_000n) return String(bits);
    throw new ValueError({ expected: expects, received: quoted(given) });
  };
  return { kind: 'value', expects, help, parse };
}

const units: Readonly<Record<string, bigint>> = { k: 1_000n, m: 1_000_000n, g: 1_000_000_000n };

function restOf(args: Values<typeof restArguments>) {
  const textOf = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return {
    cbs: textOf(args['cbs BYTES']),
    eir: args['eir RATE'],
    ebs: textOf(args['ebs BYTES']),
    green: args['green ACTION'],
    yellow: args['yellow ACTION'],
    red: args['red ACTION'],
  };
}
