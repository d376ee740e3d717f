import type { RepostRow } from '@tongsheng/contracts';

/** Whether there is something to tell of what its source took back. */
export const isWithdrawn = ({ retract, removal, withdrawn, retractVoided, gone }: RepostRow): boolean =>
  retract !== null || removal !== null || withdrawn !== null || retractVoided !== null || gone.length > 0;
