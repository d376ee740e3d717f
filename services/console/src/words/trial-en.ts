import type { trialZh } from './trial-zh.ts';

export const trialEn = {
  'trial.draft':
    'A draft whose title says that it is a test is put among the drafts of the account: login, permission, cover and drafting are really tried, nothing is published, and no reader sees anything.',
  'trial.made':
    'The test is still among the drafts of the account. Delete it here, or on the platform’s own site, among its drafts.',
  'trial.undo': 'Delete the test draft',
  'trial.undone': 'The test draft is deleted.',
  'trial.notUndone': 'It could not be deleted; please do so on the platform’s own site, among its drafts: {detail}',
} as const satisfies Record<keyof typeof trialZh, string>;
