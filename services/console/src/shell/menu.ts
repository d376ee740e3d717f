import type { Me, Role } from '@tongsheng/contracts';
import type { IconName } from '../parts/icons.tsx';
import type { Word } from '../words/index.ts';

export type Entry = { to: string; word: Word; icon: IconName; key: string; roles: readonly Role[] | 'everyone' };

/** The pages, who sees them, and the letter that follows `g`. The server decides again for every request. */
export const menu = [
  { to: '/reposts', word: 'nav.reposts', icon: 'reposts', key: 'q', roles: ['editor', 'manager', 'duty', 'admin'] },
  {
    to: '/releases',
    word: 'nav.releases',
    icon: 'releases',
    key: 'r',
    roles: ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'],
  },
  {
    to: '/deliveries',
    word: 'nav.deliveries',
    icon: 'deliveries',
    key: 'd',
    roles: ['comms', 'signer', 'manager', 'duty', 'admin'],
  },
  {
    to: '/compliance',
    word: 'nav.compliance',
    icon: 'compliance',
    key: 'c',
    roles: ['manager', 'admin', 'duty', 'editor'],
  },
  { to: '/duty', word: 'nav.duty', icon: 'duty', key: 'w', roles: ['duty', 'editor', 'manager', 'admin'] },
  { to: '/items', word: 'nav.items', icon: 'items', key: 'i', roles: 'everyone' },
  { to: '/sources', word: 'nav.sources', icon: 'sources', key: 's', roles: 'everyone' },
  { to: '/dead-letters', word: 'nav.deadLetters', icon: 'deadLetters', key: 'x', roles: ['admin'] },
  { to: '/audit', word: 'nav.audit', icon: 'audit', key: 'a', roles: ['admin', 'manager'] },
  { to: '/health', word: 'nav.health', icon: 'health', key: 'h', roles: 'everyone' },
] as const satisfies readonly Entry[];

export const sees = (entry: Entry, { roles }: Me): boolean =>
  entry.roles === 'everyone' || entry.roles.some((role) => roles.includes(role));

/** Where work begins for someone: the person on duty looks at alarms first, managers at figures, the others at what waits for them. */
export function homeOf(me: Me): (typeof menu)[number]['to'] {
  if (me.roles.includes('duty')) return '/duty';
  const first = me.roles.includes('manager') ? '/compliance' : (menu.find((entry) => sees(entry, me))?.to ?? '/health');
  return first;
}

export const entryOf = (path: string): Entry | undefined =>
  menu.find(({ to }) => path === to || path.startsWith(`${to}/`));
