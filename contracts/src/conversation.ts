import { z } from 'zod';
import { hash } from './words.ts';

/** One call in short. Secrets are masked where it was made; whole milliseconds. */
export const callLine = z.object({
  /** `POST`; of protocols that speak in lines their name, `SMTP`. */
  method: z.string().max(16),
  /** Host and path. */
  address: z.string().max(300),
  /** Null where no answer came. */
  status: z.int().nullable(),
  /** Until the connection stood; null where one was used again, or none ever stood. */
  connectMs: z.int().min(0).nullable(),
  ms: z.int().min(0),
});
export type CallLine = z.infer<typeof callLine>;

/** What was said in an attempt or a look: its calls in short, and where everything lies when it is more than that. */
export const conversation = z.object({
  calls: z.array(callLine).max(20),
  /** A `Transcript` in the evidence store; null where all went well. */
  transcript: hash.nullable(),
});
export type ConversationFacts = z.infer<typeof conversation>;

const header = z.object({ name: z.string(), value: z.string() });

/** One call with what was sent and what came back, secrets masked, each body cut to its beginning. */
export const ToldCall = z.object({
  ...callLine.shape,
  /** After the first call of the conversation. */
  atMs: z.int().min(0),
  firstByteMs: z.int().min(0).nullable(),
  request: z.object({ headers: z.array(header), body: z.string(), bytes: z.int().nullable() }),
  answer: z.object({ headers: z.array(header), body: z.string(), bytes: z.int() }).nullable(),
  /** What the connection did, where no answer came. */
  detail: z.string(),
  /** Of protocols that speak in lines: `> MAIL FROM…`, `< 250 OK`. */
  lines: z.array(z.string()),
});
export type ToldCall = z.infer<typeof ToldCall>;

/** A whole conversation, as it rests in the evidence store. */
export const Transcript = z.object({ calls: z.array(ToldCall) });
export type Transcript = z.infer<typeof Transcript>;
