import type { Outcome, Trouble } from '@tongsheng/contracts';
import { safeCall } from '@tongsheng/web';
import { z } from 'zod';

/** What became of one message. */
export type Handed = {
  outcome: Extract<Outcome, 'confirmed' | 'rejected_retryable' | 'rejected_permanent' | 'not_sent' | 'unknown'>;
  detail: string;
  /** Why it did not get through. */
  trouble?: Trouble;
  /** The platform's yes is all the proof there is. */
  receipt?: { remoteId: string; url: null };
  /** How long it wants to be left alone. */
  retryAfterSeconds?: number;
};

export type Health = { ok: boolean; detail: string; trouble: Trouble | null };

/** `allow`: `host:port` that may be reached although it is not public. */
export type Tools = { allow: readonly string[]; timeoutMs: number };

/** What a platform's own code means. A code that is not named here says that this message is not wanted. */
export type Codes = Readonly<Record<number, 'sent' | 'busy' | 'rate_limited' | 'credential'>>;

export type Said = { code: number; said: string };
/** What the platform said with 200, or what else became of the call. */
type Spoken = { kind: 'said'; answer: Said } | { kind: 'else'; handed: Handed };

export type Robot = {
  codes: Codes;
  /** Reads the answer of this platform. */
  answer: z.ZodType<Said>;
  /** How long it is left alone after too many messages, in seconds. */
  restSeconds: number;
};

/**
 * Puts one message into a group. Robots know no key and can't be asked what they have said, so whatever may have got
 * through is unknown: also an error of the server's, and a page where JSON should be.
 */
export async function speak(robot: Robot, address: string, message: unknown, tools: Tools): Promise<Handed> {
  const spoken = await call(robot, address, message, tools);
  if (spoken.kind === 'else') return spoken.handed;
  const { code, said } = spoken.answer;
  const detail = `${code} ${said}`.trim();
  const meaning = robot.codes[code] ?? 'unwanted';
  switch (meaning) {
    case 'sent':
      return { outcome: 'confirmed', detail, receipt: { remoteId: detail, url: null } };
    case 'busy':
      return { outcome: 'rejected_retryable', trouble: 'busy', detail };
    case 'rate_limited':
      return {
        outcome: 'rejected_retryable',
        trouble: 'rate_limited',
        detail,
        retryAfterSeconds: robot.restSeconds,
      };
    case 'credential':
      return { outcome: 'rejected_retryable', trouble: 'credential', detail };
    case 'unwanted':
      return { outcome: 'rejected_permanent', trouble: 'content', detail };
  }
}

/** A message of no kind can't be said; what it is refused for tells whether the robot would be let in. */
export async function knock(robot: Robot, address: string, message: unknown, tools: Tools): Promise<Health> {
  const spoken = await call(robot, address, message, tools);
  if (spoken.kind === 'else') {
    const { detail, trouble = 'network' } = spoken.handed;
    return { ok: false, detail, trouble };
  }
  const { code, said } = spoken.answer;
  const meaning = robot.codes[code];
  const trouble = meaning === undefined || meaning === 'sent' ? null : meaning;
  return { ok: trouble === null, detail: `${code} ${said}`.trim(), trouble };
}

async function call(robot: Robot, address: string, message: unknown, tools: Tools): Promise<Spoken> {
  const { allow, timeoutMs } = tools;
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const called = await safeCall(address, { allow, timeoutMs, headers, body: JSON.stringify(message) });
  const otherwise = (handed: Handed): Spoken => ({ kind: 'else', handed });
  if (called.kind !== 'answered') return otherwise({ outcome: called.kind, detail: called.detail });
  const { status, retryAfterSeconds } = called;
  const text = called.body.toString('utf8');
  const detail = `HTTP ${status} ${text.replace(/\s+/g, ' ').trim()}`.trim().slice(0, 500);
  if (status === 429)
    return otherwise({
      outcome: 'rejected_retryable',
      trouble: 'rate_limited',
      detail,
      retryAfterSeconds: retryAfterSeconds ?? robot.restSeconds,
    });
  // Not followed: the robot's key would go with it.
  if (status >= 300 && status < 500) return otherwise({ outcome: 'rejected_permanent', detail });
  const answer = called.whole ? robot.answer.safeParse(jsonOf(text)).data : undefined;
  if (status >= 500 || !answer) return otherwise({ outcome: 'unknown', detail });
  return { kind: 'said', answer };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `errcode` and `errmsg`, as WeCom and DingTalk answer. */
export const errcodeAnswer = z
  .object({ errcode: z.int(), errmsg: z.string().default('') })
  .transform(({ errcode, errmsg }): Said => ({ code: errcode, said: errmsg }));
