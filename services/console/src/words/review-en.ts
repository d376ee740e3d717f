import type { reviewZh } from './review-zh.ts';

export const reviewEn = {
  'voided.edited':
    '{name} edited our text; what was signed before was void at {time}. Look at the new text before you decide.',
  'voided.unbound': 'The item that was signed went to another task; what was signed was void at {time}.',
  'event.repost.claimed': 'Claimed',
  'event.repost.claim_released': 'Claim released',
  'event.repost.edited': 'Our text edited',
  'event.repost.edit_dropped': 'Our edit dropped',
  'event.repost.review_passed': 'Signed, passed on',
  'event.repost.returned': 'Returned to the first act',
  'event.repost.approval_voided': 'Signatures void',
  'event.repost.update_due': 'The source changed what is out; an update is owed',
  'event.repost.publication_started': 'Publication begun',
  'event.repost.publication_failed': 'Publication failed',
  'event.repost.publication_retried': 'Publication tried again',
  'event.repost.rechecked': 'Looked at again, unchanged',
  'event.repost.drifted': 'Wrong in public',
} satisfies Record<keyof typeof reviewZh, string>;
