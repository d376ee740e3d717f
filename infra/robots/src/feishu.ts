import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Robot } from './robot.ts';

/** A group's robot at Feishu. */
export const feishuRobot: Robot = {
  answer: z.object({ code: z.int(), msg: z.string().default('') }).transform(({ code, msg }) => ({ code, said: msg })),
  // 19001: the robot is not in the group any more; 19021: our signature or clock; 19022: our address; 19024: its keyword.
  codes: {
    0: 'sent',
    11232: 'rate_limited',
    19001: 'credential',
    19021: 'credential',
    19022: 'credential',
    19024: 'credential',
  },
  // At the full and half hour everybody comes at once; a minute later it is quiet.
  restSeconds: 60,
};

export const feishuAddress = ({ server, token }: { server: string; token: string }): string =>
  `${server.replace(/\/$/, '')}/open-apis/bot/v2/hook/${encodeURIComponent(token)}`;

/** Stands in the message, where the robot asks for it. @param at milliseconds; the platform takes a signature for an hour, and counts seconds */
export function feishuSigned(
  { secret }: { secret?: string | undefined },
  at: number,
): { timestamp?: string; sign?: string } {
  if (secret === undefined) return {};
  const timestamp = String(Math.floor(at / 1_000));
  return { timestamp, sign: feishuSign(secret, timestamp) };
}

/** HMAC-SHA256 over nothing, with the seconds, a line end and the secret as key; base64. */
export const feishuSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
