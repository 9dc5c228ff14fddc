import { exchange } from './netlink/exchange.ts';
import { deleteLink, readLinks, showLinks } from './netlink/links.ts';
import { isHostEnd } from './trunk-names.ts';

/** Removes the host ends of pods that nobody knows: of a ledger that was lost. Who is known is asked after looking. @throws PodError host */
export async function removeStrayEnds(known: () => ReadonlySet<string>): Promise<readonly string[]> {
  const doing = 'remove what is left of pods that are not in the ledger';
  const there = readLinks(await exchange([showLinks()], { doing })).map(({ name }) => name);
  const own = known();
  const stray = there.filter((name) => isHostEnd(name) && !own.has(name));
  for (const name of stray) await exchange([deleteLink(name)], { doing, fine: ['ENODEV'] });
  return stray;
}
