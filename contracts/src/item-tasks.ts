import { z } from 'zod';
import { siteId } from './words.ts';
import { taskId } from './repost.ts';

/**
 * So many days a closed task stands in the queue's read model: until after the last look at its page, which would bring it
 * back. A national month of them is more than a gigabyte.
 */
export const closedKeptDays = 31;

/** Which tasks an item led to: of one site, or of all. */
export const ItemTasksQuery = z.strictObject({ itemId: z.string(), site: siteId.optional() });
export type ItemTasksQuery = z.infer<typeof ItemTasksQuery>;
export const ItemTasks = z.object({ tasks: z.array(z.object({ site: siteId, taskId })) });
export type ItemTasks = z.infer<typeof ItemTasks>;
