import type { balanceZh } from './balance-zh.ts';

export const balanceEn = {
  'balance.title': 'Books',
  'balance.about':
    'Reckoned from the log, entry by entry: taken in = settled + not done + in hand + parked. A difference means that something is lost or there twice; whoever is on duty is told at once.',
  'balance.even': 'All even: {count} accounts without a difference',
  'balance.uneven': '{count} accounts are uneven: look at what is behind it',
  'balance.reading': 'The log is still being read; figures are incomplete until then',
  'balance.checked': 'Checked every {seconds} s, last at {time}, read up to entry {position}',
  'balance.unchecked': 'Checked every {seconds} s, not yet once, read up to entry {position}',
  'balance.empty': 'Nothing has been taken in yet',
  'balance.account': 'Account',
  'balance.takenIn': 'Taken in',
  'balance.delivered': 'Settled',
  'balance.refused': 'Not done',
  'balance.waiting': 'In hand',
  'balance.parked': 'Parked',
  'balance.difference': 'Difference',
  'balance.kind.source': 'Sources: is every item decided about',
  'balance.kind.site': 'Sites: has everything owed a task',
  'balance.kind.channel': 'Channels: has everything due a delivery',
  'balance.missing': 'missing (wanted {wanted}, there {there})',
  'balance.doubled': 'doubled (wanted {wanted}, there {there})',
  'balance.since': 'since {time}',
  'balance.more': 'and {count} more',
  'balance.holder': 'place {n}',
  'balance.mend': 'Try again from the dead letters',
} satisfies Record<keyof typeof balanceZh, string>;
