import type { signingZh } from './signing-zh.ts';

export const signingEn: Record<keyof typeof signingZh, string> = {
  'alarm.review_debt': 'Urgent release not reviewed, {share}% of the time gone',
  'event.release.debt_step_passed': 'Full review: a step passed',
  'event.release.debt_settled': 'Full review done',
  'event.release.debt_objected': 'Full review found a fault: {reason}',
  'event.release.debt_warned': '{share}% of the time for the full review is gone',
  'event.release.commented': 'Comment: {text}',
  'event.release.comment_answered': 'Comment answered: {text}',
  'event.release.comment_settled': 'Comment settled or reopened',
  'event.release_chain.registered': 'Review chain registered',
  'event.leave.registered': 'Absence registered',
  'event.checklist.registered': 'Checklist registered',
};
