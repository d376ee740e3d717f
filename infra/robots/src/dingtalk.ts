import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { errcodeAnswer, type Robot } from './robot.ts';

/** Some doors of the platform answer too many calls in another form: `{"status":1111,"wait":5,"punish":"deny"}`. */
const punished = z
  .object({ status: z.int(), punish: z.string() })
  .transform(({ status, punish }) => ({ code: 130101, said: `${status} ${punish}` }));

/** A group's robot at DingTalk. */
export const dingtalkRobot: Robot = {
  answer: z.union([errcodeAnswer, punished]),
  // 310000: its keyword, our signature, our clock or our address; 300001: the robot is not in the group any more.
  codes: { 0: 'sent', [-1]: 'busy', 130101: 'rate_limited', 300001: 'credential', 310000: 'credential' },
  // Whoever sends too fast is not heard for ten minutes.
  restSeconds: 600,
};

type Login = { server: string; token: string; secret?: string | undefined };

/** Signed where the robot asks for it. @param at milliseconds; the platform takes a signature for an hour */
export function dingtalkAddress({ server, token, secret }: Login, at: number): string {
  const address = `${server.replace(/\/$/, '')}/robot/send?access_token=${encodeURIComponent(token)}`;
  if (secret === undefined) return address;
  return `${address}&timestamp=${at}&sign=${encodeURIComponent(dingtalkSign(secret, at))}`;
}

/** HMAC-SHA256 with the secret as key, over the milliseconds, a line end and the secret; base64. */
export const dingtalkSign = (secret: string, at: number): string =>
  createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64');
