import type { retractZh } from './retract-zh.ts';

export const retractEn = {
  'voided.source_withdrawn': 'The source took the item back at {time}; what was signed was void.',
  'state.retracting': 'Being taken down',
  'state.removed': 'Taken down, being checked',
  'state.withdrawn': 'Withdrawn',
  'compliance.outcome.withdrawn': 'Withdrawn by its source',
  'event.repost.source_withdrawn': 'Source took it back',
  'event.repost.source_returned': 'Source has it again',
  'event.repost.owed_again': 'Owed again after its return',
  'event.repost.retract_due': 'Source took back what is out; it must come down',
  'event.repost.retract_lifted': 'Source has it again; nothing comes down',
  'event.repost.retract_decided': 'Decided to take it down',
  'event.repost.retract_voided': 'Decision to take it down void',
  'event.repost.removal_started': 'Removal begun',
  'event.repost.removal_failed': 'Removal failed',
  'event.repost.removal_retried': 'Removal tried again',
  'event.repost.removed': 'Public side was told to take it down',
  'event.repost.withdrawn': 'Withdrawn',
} satisfies Record<keyof typeof retractZh, string>;
