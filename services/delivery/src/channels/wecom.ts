import type { Channel } from '@tongsheng/contracts';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { cutTo, fitted, markWord, noticeText, type Speaking } from './notice-text.ts';
import { errcodeAnswer, knock, speak, tooShort, type Robot } from './robot.ts';

const robot: Robot = {
  answer: errcodeAnswer,
  // 93000: the robot is not in the group any more.
  codes: { 0: 'sent', [-1]: 'busy', 45009: 'rate_limited', 93000: 'credential' },
  restSeconds: 60,
};

/** Bytes of a card; what is longer the platform cuts in the middle of a word. */
const card = { title: 128, description: 512 };

type Settings = Extract<Channel, { kind: 'wecom' }>['settings'];

/**
 * A group's robot at WeCom. Its text and its cards take plain text: markdown would take a part of what was signed for
 * markup of its own.
 */
export const wecom = defineChannel('wecom', {
  onUnknown: 'person',
  deliver: (parcel, settings, tools) => send(parcel, 'deliver', settings, tools),
  amend: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'amend', settings, tools) },
  recall: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'recall', settings, tools) },
  health: (settings, tools) =>
    knock(robot, addressOf(settings), { msgtype: 'none', none: { content: markWord } }, tools),
});

async function send(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const max = tools.limits.text.body?.max ?? 2_048;
  const message = settings.form === 'news' ? newsOf(parcel, speaking) : textMessage(parcel, speaking, max);
  return message ? speak(robot, addressOf(settings), message, tools) : tooShort(max);
}

function textMessage(parcel: Parcel, speaking: Speaking, max: number) {
  const content = fitted(noticeText(parcel, speaking), max)?.join('\n');
  return content === undefined ? null : { msgtype: 'text', text: { content } };
}

function newsOf(parcel: Parcel, speaking: Speaking) {
  const { title: whole, lines: all, foot } = noticeText(parcel, speaking, { isCard: true });
  const title = cutTo(whole, card.title);
  const [lead = title, ...lines] = all;
  const description = fitted({ title: lead, lines, foot }, card.description)?.join('\n');
  if (description === undefined) return null;
  return { msgtype: 'news', news: { articles: [{ title, description, url: parcel.url }] } };
}

const addressOf = ({ server, key }: Settings): string =>
  `${server.replace(/\/$/, '')}/cgi-bin/webhook/send?key=${encodeURIComponent(key)}`;
