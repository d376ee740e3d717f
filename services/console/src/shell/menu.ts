import {
  auditReaders,
  complianceReaders,
  correctionReaders,
  deliveryReaders,
  dutyReaders,
  incidentReaders,
  inspectionReaders,
  peopleReaders,
  releaseReaders,
  reportReaders,
  rumorReaders,
  taskReaders,
  type Me,
  type Role,
} from '@tongsheng/contracts';
import type { IconName } from '../parts/icons.tsx';
import type { Word } from '../words/index.ts';

export type Entry = { to: string; word: Word; icon: IconName; key: string; roles: readonly Role[] | 'everyone' };

/** The pages, who sees them, and the letter that follows `g`. The server decides again for every request. */
export const menu = [
  { to: '/reposts', word: 'nav.reposts', icon: 'reposts', key: 'q', roles: taskReaders },
  {
    to: '/reposts/unrouted',
    word: 'nav.unrouted',
    icon: 'unrouted',
    key: 'm',
    roles: ['editor', 'manager', 'duty', 'admin'],
  },
  {
    to: '/releases',
    word: 'nav.releases',
    icon: 'releases',
    key: 'r',
    roles: releaseReaders,
  },
  {
    to: '/rumors',
    word: 'nav.rumors',
    icon: 'rumors',
    key: 'y',
    roles: rumorReaders,
  },
  {
    to: '/corrections',
    word: 'nav.corrections',
    icon: 'corrections',
    key: 'e',
    roles: correctionReaders,
  },
  {
    to: '/linked',
    word: 'nav.linked',
    icon: 'linked',
    key: 'l',
    roles: releaseReaders,
  },
  {
    to: '/releases/calendar',
    word: 'nav.calendar',
    icon: 'calendar',
    key: 'k',
    roles: releaseReaders,
  },
  {
    to: '/submissions',
    word: 'nav.submissions',
    icon: 'submissions',
    key: 'b',
    roles: releaseReaders,
  },
  {
    to: '/deliveries',
    word: 'nav.deliveries',
    icon: 'deliveries',
    key: 'd',
    roles: deliveryReaders,
  },
  {
    to: '/channels',
    word: 'nav.channels',
    icon: 'channels',
    key: 'p',
    roles: deliveryReaders,
  },
  {
    to: '/compliance',
    word: 'nav.compliance',
    icon: 'compliance',
    key: 'c',
    roles: complianceReaders,
  },
  {
    to: '/reports',
    word: 'nav.reports',
    icon: 'reports',
    key: 'n',
    roles: reportReaders,
  },
  { to: '/inspections', word: 'nav.inspections', icon: 'inspections', key: 'u', roles: inspectionReaders },
  { to: '/duty', word: 'nav.duty', icon: 'duty', key: 'w', roles: dutyReaders },
  {
    to: '/incidents',
    word: 'nav.incidents',
    icon: 'incidents',
    key: 'z',
    roles: incidentReaders,
  },
  { to: '/items', word: 'nav.items', icon: 'items', key: 'i', roles: 'everyone' },
  { to: '/sources', word: 'nav.sources', icon: 'sources', key: 's', roles: 'everyone' },
  { to: '/rules', word: 'nav.rules', icon: 'rules', key: 'o', roles: ['editor', 'manager', 'duty', 'admin'] },
  { to: '/admin/sites', word: 'nav.sites', icon: 'site', key: 't', roles: ['admin'] },
  { to: '/admin/people', word: 'nav.people', icon: 'people', key: 'j', roles: peopleReaders },
  { to: '/admin/calendar', word: 'nav.workCalendar', icon: 'workCalendar', key: 'v', roles: ['admin', 'manager'] },
  { to: '/dead-letters', word: 'nav.deadLetters', icon: 'deadLetters', key: 'x', roles: ['admin'] },
  { to: '/audit', word: 'nav.audit', icon: 'audit', key: 'a', roles: auditReaders },
  { to: '/health', word: 'nav.health', icon: 'health', key: 'h', roles: 'everyone' },
] as const satisfies readonly Entry[];

export const sees = (entry: Entry, { roles }: Me): boolean =>
  entry.roles === 'everyone' || roles.includes('auditor') || entry.roles.some((role) => roles.includes(role));

/** Where work begins for someone: the person on duty looks at alarms first, managers at figures, the others at what waits for them. */
export function homeOf(me: Me): (typeof menu)[number]['to'] {
  if (me.roles.includes('duty')) return '/duty';
  if (me.roles.includes('manager') || me.roles.includes('auditor')) return '/compliance';
  if (me.roles.includes('editor')) return '/reposts';
  // Reposts that wait for a reviewer are counted beside the menu.
  return menu.find((entry) => entry.to !== '/reposts' && sees(entry, me))?.to ?? '/health';
}

/** The page that a path belongs to: `/reposts/unrouted` is not the queue's. */
export const entryOf = (path: string): Entry | undefined =>
  menu
    .filter(({ to }) => path === to || path.startsWith(`${to}/`))
    .reduce<Entry | undefined>((a, b) => (a && a.to.length >= b.to.length ? a : b), undefined);
