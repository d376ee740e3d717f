import type { ReleaseKind } from '@tongsheng/contracts';

/** What can be written, in the order in which it is offered. */
export const releaseKinds = [
  'press',
  'rebuttal',
  'policy',
  'interpretation',
  'response',
  'notice',
] as const satisfies readonly ReleaseKind[];
