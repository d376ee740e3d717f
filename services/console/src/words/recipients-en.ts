import type { recipientsZh } from './recipients-zh.ts';

export const recipientsEn = {
  'recipients.title': 'Recipients',
  'recipients.some': 'taken for {accepted} of {all} recipients; {rest}',
  'recipient.accepted': 'taken',
  'recipient.deferred': 'not yet taken',
  'recipient.refused': 'not reached',
  'recipient.unknown': 'not known',
  'recipients.again': 'It goes again at {time} to those who are “not yet taken” alone; the others get nothing more.',
  'recipients.by_hand':
    'Who is “not reached” is not tried any more by itself: once their mailbox works, send it again to them alone, or reach them yourself.',
} as const satisfies Record<keyof typeof recipientsZh, string>;
