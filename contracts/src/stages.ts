import { z } from 'zod';
import { stageNames } from './stage-spans.ts';

export const stage = z.enum(stageNames);

/** How long a stage took, over the tasks that passed it; in seconds. */
export const stageTime = z.object({ stage, tasks: z.int(), medianSeconds: z.number(), p95Seconds: z.number() });
export type StageTime = z.infer<typeof stageTime>;
