import type { ReleaseFile } from '@tongsheng/contracts';
import type { Called, Posted } from '@tongsheng/web';
import { z } from 'zod';

/** What the world did to a call. */
export type Trouble = {
  code: string;
  detail: string;
  /**
   * `not_sent`: surely nothing happened. `rejected_retryable`: refused for now. `rejected_permanent`: a person must mend
   * something first. `unknown`: it may have happened.
   */
  outcome: 'not_sent' | 'rejected_retryable' | 'rejected_permanent' | 'unknown';
  /** How long the other side asked to be left alone. */
  retryAfterSeconds?: number | null;
};

/** Thrown inside an adapter of several calls, a value outside. */
export class Halted extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.detail);
  }
}

/** What several calls came to, or the trouble that ended them. */
export async function settled<T>(work: Promise<T>): Promise<T | Trouble> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Halted) return error.trouble;
    throw error;
  }
}

/** What the other side said. */
export type Answered = {
  status: number;
  body: string;
  /** Where it says that something is. */
  location: string | null;
  retryAfterSeconds: number | null;
};

/** @throws Halted when nobody answered. */
export function answered(posted: Called | Posted): Answered {
  if (posted.kind === 'answered') {
    const { status, body, retryAfterSeconds } = posted;
    const location = 'headers' in posted ? (posted.headers['location'] ?? null) : null;
    return { status, body: body.toString(), location, retryAfterSeconds };
  }
  const { kind, detail } = posted;
  if (kind === 'unknown') throw new Halted({ code: 'no_answer', detail, outcome: 'unknown' });
  if (posted.refused) throw new Halted({ code: 'address_refused', detail, outcome: 'rejected_permanent' });
  throw new Halted({ code: 'unreachable', detail, outcome: 'not_sent' });
}

/** 4xx that speak of this moment, not of this page. */
const passing = new Set([408, 425, 429, 503]);

/** What an answer other than success means, where the protocol has no words of its own for it. */
export function refusedBy({ status, body, retryAfterSeconds }: Answered, said = plain(body)): Trouble {
  const detail = `HTTP ${status} ${said}`.trim();
  if (status === 401 || status === 403) return { code: 'credentials_refused', detail, outcome: 'rejected_permanent' };
  if (passing.has(status)) return { code: 'busy', detail, outcome: 'rejected_retryable', retryAfterSeconds };
  // What failed on the other side may have failed after it was done.
  if (status >= 500) return { code: 'server_error', detail, outcome: 'unknown', retryAfterSeconds };
  // A call is not carried on to another address: where it went is for a person to look at.
  if (status >= 300 && status < 400) return { code: 'moved', detail, outcome: 'rejected_permanent' };
  return { code: 'refused', detail, outcome: 'rejected_permanent' };
}

/** What an answer says, in the shape that its protocol promises. @throws Halted when it does not. */
export function understood<S extends z.ZodType>(
  shape: S,
  { status, body }: Pick<Answered, 'status' | 'body'>,
): z.infer<S> {
  const found = shape.safeParse(jsonOf(body));
  if (found.success) return found.data;
  const detail = `HTTP ${status} ${plain(body)}`;
  throw new Halted({ code: 'answer_not_understood', detail, outcome: 'unknown' });
}

/** Undefined where it is none. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export const isSuccess = ({ status }: Answered) => status >= 200 && status < 300;

const plain = (body: string) => body.replace(/\s+/g, ' ').trim().slice(0, 500);

/** The ending that other systems know a file's kind by. */
export function endingOf({ name, mediaType }: ReleaseFile): string {
  const written = /\.([a-z0-9]{2,5})$/i.exec(name.trim())?.[1]?.toLowerCase();
  return endings[mediaType] ?? written ?? 'bin';
}

const office = 'application/vnd.openxmlformats-officedocument';
const endings: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  [`${office}.wordprocessingml.document`]: 'docx',
  [`${office}.spreadsheetml.sheet`]: 'xlsx',
  [`${office}.presentationml.presentation`]: 'pptx',
};
