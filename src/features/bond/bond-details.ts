import { formatMac, type Mac } from '../../net/mac.ts';
import type { Interface, InterfaceDetails } from '../interface/index.ts';
import type { Bond } from './bond-records.ts';
import { NOBODY } from './choice.ts';
import type { LacpView } from './lacp/lacp-bond.ts';

/** What is shown of a bond that is being added. */
export const UNMADE: Pick<Bond, 'settings' | 'primary' | 'choice'> = {
  settings: { mode: 'active-backup', balance: 'rss' },
  primary: 0,
  choice: NOBODY,
};

/** A bond as `interface show` has it. */
export function bondDetails(
  { settings, primary, choice }: Pick<Bond, 'settings' | 'primary' | 'choice'>,
  members: readonly Interface[],
  lacpOf: (member: number) => LacpView | undefined,
): InterfaceDetails {
  const named = (ids: readonly number[]) =>
    members.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  const [primaryName] = named([primary]);
  const active = named(choice.sends);
  return {
    info: [
      `mode=${settings.mode}`,
      ...(settings.balance === 'rss' ? [] : [`balance=${settings.balance}`]),
      ...(primaryName === undefined ? [] : [`primary=${primaryName}`]),
      `members=${members.length}`,
      `active=${active.join(',') || 'none'}`,
    ],
    fields: {
      bond_mode: settings.mode,
      balance: settings.balance,
      bond_members: members.map((member) => ({
        name: member.name,
        active: choice.sends.includes(member.id),
        primary: member.id === primary,
        mac: formatMac(ownMac(member)),
        speed: member.speedMbps,
        ...lacpFields(lacpOf(member.id)),
      })),
    },
  };
}

function lacpFields(view: LacpView | undefined) {
  return view ? { lacp: view.state, partner: formatMac(view.partner.system) } : {};
}

function ownMac({ mac, own }: Interface): Mac {
  return own?.mac ?? mac;
}
