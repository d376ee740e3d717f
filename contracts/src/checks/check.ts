import { z } from 'zod';
import { scope } from '../duty.ts';
import { line, token } from '../words.ts';

/** `block`: not submitted unless somebody says why it is right here. */
export const severity = z.enum(['block', 'warn']);

/** What a check found in a text, from `start` up to `end` (UTF-16); `why` is one of its kind's reasons. */
export type Found = {
  start: number;
  end: number;
  why: string;
  severity: z.infer<typeof severity>;
  suggestion: string;
};

/** Lists of so many entries are one message of the log. */
const most = 10_000;

type Given<Kind extends string, Entry extends z.ZodObject> = {
  kind: Kind;
  entry: Entry;
  /** Fields in the order in which a table names them. */
  columns: readonly (keyof z.infer<Entry> & string)[];
  /** Looks a text through. */
  find(text: string, entries: readonly z.infer<Entry>[]): Found[];
};

/** One kind of check: what its lists hold and in which columns they are written, and how a text is looked through. */
export const defineCheck = <Kind extends string, Entry extends z.ZodObject>({
  kind,
  entry,
  ...rest
}: Given<Kind, Entry>) => ({
  ...rest,
  kind,
  entry,
  shape: z.object({
    listId: token,
    site: scope,
    name: line,
    kind: z.literal(kind),
    entries: z.array(entry).max(most),
    enabled: z.boolean().default(true),
  }),
});

/** A word of a list, as people write it. */
export const term = z.string().trim().min(1).max(60);
