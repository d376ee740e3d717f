import { createHmac } from 'node:crypto';
import type { Channel } from '@tongsheng/contracts';
import { z } from 'zod';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { fitted, inJson, markWord, noticeText, type Speaking } from './notice-text.ts';
import { errcodeAnswer, knock, speak, tooShort, type Robot } from './robot.ts';

/** Some doors of the platform answer too many calls in another form: `{"status":1111,"wait":5,"punish":"deny"}`. */
const punished = z
  .object({ status: z.int(), punish: z.string() })
  .transform(({ status, punish }) => ({ code: 130101, said: `${status} ${punish}` }));

const robot: Robot = {
  answer: z.union([errcodeAnswer, punished]),
  // 310000: its keyword, our signature, our clock or our address; 300001: the robot is not in the group any more.
  codes: { 0: 'sent', [-1]: 'busy', 130101: 'rate_limited', 300001: 'credential', 310000: 'credential' },
  // Whoever sends too fast is not heard for ten minutes.
  restSeconds: 600,
};

type Settings = Extract<Channel, { kind: 'dingtalk' }>['settings'];

/** A group's robot at DingTalk, with a signature where it asks for one. Only forms of plain text: nothing of it is markup. */
export const dingtalk = defineChannel('dingtalk', {
  onUnknown: 'person',
  deliver: (parcel, settings, tools) => send(parcel, 'deliver', settings, tools),
  amend: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'amend', settings, tools) },
  recall: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'recall', settings, tools) },
  health: (settings, tools) =>
    // Signed for this moment: there is no attempt whose time it could have.
    knock(robot, addressOf(settings, Date.now()), { msgtype: 'none', none: { content: markWord } }, tools),
});

async function send(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const max = tools.limits.text.body?.max ?? 19_000;
  const isCard = settings.form === 'link';
  const lines = fitted(noticeText(parcel, speaking, { isCard }), max, inJson);
  if (!lines) return tooShort(max);
  const message = isCard ? linkOf(parcel.url, lines) : { msgtype: 'text', text: { content: lines.join('\n') } };
  return speak(robot, addressOf(settings, Date.parse(parcel.attemptedAt)), message, tools);
}

const linkOf = (messageUrl: string, [title = '', ...lines]: string[]) => ({
  msgtype: 'link',
  link: { title, text: lines.join('\n'), messageUrl },
});

/** @param at milliseconds; the platform takes a signature for an hour */
function addressOf({ server, token, secret }: Settings, at: number): string {
  const address = `${server.replace(/\/$/, '')}/robot/send?access_token=${encodeURIComponent(token)}`;
  if (secret === undefined) return address;
  return `${address}&timestamp=${at}&sign=${encodeURIComponent(dingtalkSign(secret, at))}`;
}

/** HMAC-SHA256 with the secret as key, over the milliseconds, a line end and the secret; base64. */
export const dingtalkSign = (secret: string, at: number): string =>
  createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64');
