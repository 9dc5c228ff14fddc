import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { flag, optional, records } from '../argument.ts';
import { integer, name, oneOf, prefix, text } from '../argument-types.ts';
import { commandFor } from '../command.ts';
import { CommandFailure } from '../failure.ts';
import { details, lines, table } from '../output.ts';

/** A router that is only a list, for tests of the machine around it. */
export interface ToyRouter {
  readonly links: Map<string, ToyLink>;
}

export interface ToyLink {
  readonly name: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly addresses: readonly Prefix[];
}

export function toyRouter(...names: readonly string[]): ToyRouter {
  return {
    links: new Map(names.map((link) => [link, { name: link, mtu: 1500, isUp: true, addresses: [] }])),
  };
}

const command = commandFor<ToyRouter>();

const linkName = name<ToyRouter>('Names a link.', async ({ connect }) => (await connect()).links.keys());

export const toyCommands = [
  command({
    syntax: 'link add NAME [(up|down),(mtu MTU),(description TEXT)]',
    help: 'Adds a link.',
    args: {
      NAME: name('Names the new link.'),
      'up|down': optional(oneOf({ up: 'Lets packets through.', down: 'Lets none through.' })),
      MTU: optional(integer({ help: 'Bounds the size of packets.', min: 1280, max: 9000 })),
      TEXT: optional(text('Describes the link.')),
    },
    run: (args, router) => {
      if (router.links.has(args.NAME)) {
        throw new CommandFailure({
          code: 'EEXIST',
          detail: `adding a link: expected a new name, got "${args.NAME}"`,
        });
      }
      const isUp = args['up|down'] !== 'down';
      router.links.set(args.NAME, { name: args.NAME, mtu: args.MTU ?? 1500, isUp, addresses: [] });
    },
  }),
  command({
    syntax: 'link [show] [(name LINK),all]',
    help: 'Shows links.',
    args: { LINK: optional(linkName), all: flag('Shows links that are down, too.') },
    run: (args, router) => {
      if (args.LINK !== undefined) return details(linkJson(findLink(router, args.LINK)));
      const items = [...router.links.values()].filter((link) => link.isUp || args.all);
      return table({ items, columns: { NAME: (l) => l.name, MTU: (l) => l.mtu, 'IS/UP': (l) => l.isUp } });
    },
  }),
  command({
    syntax: 'address add IP/LEN link LINK',
    help: 'Adds an address to a link.',
    args: { 'IP/LEN': prefix('Is the address of the link.'), LINK: linkName },
    run: async (args, router) => {
      const link = findLink(router, args.LINK);
      router.links.set(link.name, { ...link, addresses: [...link.addresses, args['IP/LEN']] });
    },
  }),
  command({
    syntax: 'group (member NHID [weight W])*',
    help: 'Adds up the weights of members.',
    args: {
      member: records({
        NHID: integer({ help: 'Is an id.' }),
        W: optional(integer({ help: 'Is a weight.' })),
      }),
    },
    run: ({ member }) => {
      const weights = member.map(({ NHID, W = 1 }) => `${NHID}: ${W}`);
      return lines(weights, { members: member.length });
    },
  }),
  command({
    syntax: 'events [count N]',
    help: 'Shows what happens until it is stopped.',
    args: { N: optional(integer({ help: 'Ends after that many.', min: 1 })) },
    run: async function* ({ N = 3 }, router) {
      for (let index = 0; index < N; index++)
        yield lines([`event ${index}`], { event: index, links: router.links.size });
    },
  }),
];

function findLink(router: ToyRouter, link: string): ToyLink {
  const found = router.links.get(link);
  if (found !== undefined) return found;
  throw new CommandFailure({
    code: 'ENODEV',
    detail: `looking for a link: expected one that exists, got "${link}"`,
  });
}

function linkJson(link: ToyLink) {
  return { name: link.name, mtu: link.mtu, is_up: link.isUp, addresses: link.addresses.map(formatPrefix) };
}
