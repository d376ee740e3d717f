import { createHmac } from 'node:crypto';
import type { Channel, ChannelLimits } from '@tongsheng/contracts';
import { z } from 'zod';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { fitted, inJson, linkWord, markWord, noticeText, type Speaking } from './notice-text.ts';
import { part, type Shown } from './shown.ts';
import { Halted } from './steps.ts';
import { knock, speak, tooShort, type Robot } from './robot.ts';

const robot: Robot = {
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

type Settings = Extract<Channel, { kind: 'feishu' }>['settings'];

/**
 * A group's robot at Feishu. Always a post, whose parts say themselves what they are: in its plain text an `<at …>` would
 * call the whole group.
 */
export const feishu = defineChannel('feishu', {
  onUnknown: 'person',
  show,
  deliver: (parcel, settings, tools) => send(parcel, 'deliver', settings, tools),
  amend: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'amend', settings, tools) },
  recall: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'recall', settings, tools) },
  health: (settings, tools) =>
    // Signed for this moment: there is no attempt whose time it could have.
    knock(
      robot,
      addressOf(settings),
      { ...signed(settings, Date.now()), msg_type: 'none', content: { text: markWord } },
      tools,
    ),
});

/** A line is a paragraph with a part in it; what that takes is counted with the line's end. */
const paragraph = Buffer.byteLength('[{"tag":"text","text":""}],');
const inPost = (text: string) => (text === '\n' ? paragraph : inJson(text));

async function send(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const max = maxOf(tools.limits);
  const lines = fitted(noticeText(parcel, speaking), max, inPost);
  if (!lines) return tooShort(max);
  const message = {
    ...signed(settings, Date.parse(parcel.attemptedAt)),
    msg_type: 'post',
    content: { post: { zh_cn: postOf(lines, parcel.url) } },
  };
  return speak(robot, addressOf(settings), message, tools);
}

const maxOf = ({ text }: ChannelLimits) => text.body?.max ?? 19_000;

function show(parcel: Parcel, _settings: Settings, limits: ChannelLimits): Shown {
  const max = maxOf(limits);
  const lines = fitted(noticeText(parcel, 'deliver'), max, inPost);
  if (!lines) throw new Halted(tooShort(max));
  const [title = '', ...rest] = lines;
  const count = lines.reduce((sum, line) => sum + inPost(line) + inPost('\n'), 0);
  const counted = { limit: { max, unit: 'bytes' as const }, count };
  return { parts: [...part('title', title), ...part('text', rest.join('\n'), counted)], pictures: [] };
}

function postOf([title = '', ...lines]: string[], url: string) {
  const content = lines.map((line) =>
    line === `${linkWord}${url}`
      ? [
          { tag: 'text', text: linkWord },
          { tag: 'a', text: url, href: url },
        ]
      : [{ tag: 'text', text: line }],
  );
  return { title, content };
}

const addressOf = ({ server, token }: Settings): string =>
  `${server.replace(/\/$/, '')}/open-apis/bot/v2/hook/${encodeURIComponent(token)}`;

/** @param at milliseconds; the platform takes a signature for an hour, and counts seconds */
function signed({ secret }: Settings, at: number): { timestamp?: string; sign?: string } {
  if (secret === undefined) return {};
  const timestamp = String(Math.floor(at / 1_000));
  return { timestamp, sign: feishuSign(secret, timestamp) };
}

/** HMAC-SHA256 over nothing, with the seconds, a line end and the secret as key; base64. */
export const feishuSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
