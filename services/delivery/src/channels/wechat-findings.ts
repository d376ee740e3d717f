import { z } from 'zod';
import type { Found } from './channel.ts';

/** A job of publishing as the platform shows it. channel-api-facts.md A.4 */
export const Status = z.object({
  publish_status: z.number(),
  article_id: z.string().optional(),
  article_detail: z.object({ item: z.array(z.object({ article_url: z.string() })) }).optional(),
  fail_idx: z.array(z.number()).default([]),
});

/** What the receipt says: the job of publishing, or the article where the job's number was never heard. */
export const publishId = (id: string) => `publish_id ${id}`;
/** The same of a mass send. */
export const msgId = (id: string) => `msg_id ${id}`;

export const webAddress = (address: string | undefined): string | null =>
  address !== undefined && URL.canParse(address) ? address : null;

/** The platform's word on a job of publishing, by poll or by callback. channel-api-facts.md A.4 */
export function foundOf(status: z.infer<typeof Status>, job: string, isLastTry: boolean): Found {
  const { publish_status: code, article_detail: detail, fail_idx: failed } = status;
  const receipt = { remoteId: publishId(job), url: webAddress(detail?.item[0]?.article_url) };
  const which = failed.length > 0 ? ` (article ${failed.join(', ')})` : '';
  switch (code) {
    case 0:
      return { finding: 'present', detail: '0: published', receipt };
    case 1:
      return { finding: 'accepted', detail: '1: being published' };
    case 2:
      return { finding: 'refused', detail: `2: the check for originality failed${which}` };
    case 3:
      // Without a reason; once more may help, and then it is a person's.
      return { finding: isLastTry ? 'refused' : 'absent', detail: '3: publishing failed, no reason is given' };
    case 4:
      return { finding: 'refused', detail: `4: the platform’s review refused it${which}` };
    case 5:
      return { finding: 'refused', detail: '5: it was out, and the account deleted it', receipt };
    case 6:
      return { finding: 'refused', detail: '6: it was out, and the platform banned it', receipt };
    default:
      return { finding: 'unsure', detail: `${code}: a status that is not documented` };
  }
}
