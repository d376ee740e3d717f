import type { Channel, ChannelLimits } from '@tongsheng/contracts';
import { knock, speak, wecomAddress, wecomRobot } from '@tongsheng/robots';
import { part, type Shown } from './shown.ts';
import { Halted } from './steps.ts';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { cutTo, fitted, markWord, noticeText, tooShort, type Speaking } from './notice-text.ts';

/** Bytes of a card; what is longer the platform cuts in the middle of a word. */
const card = { title: 128, description: 512 };

type Settings = Extract<Channel, { kind: 'wecom' }>['settings'];

/**
 * A group's robot at WeCom. Its text and its cards take plain text: markdown would take a part of what was signed for
 * markup of its own.
 */
export const wecom = defineChannel('wecom', {
  onUnknown: 'person',
  show,
  deliver: (parcel, settings, tools) => send(parcel, 'deliver', settings, tools),
  amend: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'amend', settings, tools) },
  recall: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'recall', settings, tools) },
  health: (settings, tools) =>
    knock(wecomRobot, wecomAddress(settings), { msgtype: 'none', none: { content: markWord } }, tools),
});

async function send(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const max = maxOf(tools.limits);
  const message = settings.form === 'news' ? newsOf(parcel, speaking) : textMessage(parcel, speaking, max);
  return message ? speak(wecomRobot, wecomAddress(settings), message, tools) : tooShort(max);
}

const maxOf = ({ text }: ChannelLimits) => text.body?.max ?? 2_048;

function show(parcel: Parcel, { form }: Settings, limits: ChannelLimits): Shown {
  const max = maxOf(limits);
  const message = form === 'news' ? newsOf(parcel, 'deliver') : textMessage(parcel, 'deliver', max);
  if (!message) throw new Halted(tooShort(max));
  const bytes = (most: number) => ({ limit: { max: most, unit: 'bytes' as const } });
  if ('text' in message) return { parts: part('text', message.text.content, bytes(max)), pictures: [] };
  const { title, description, url } = message.news.articles[0]!;
  return {
    parts: [
      ...part('title', title, bytes(card.title)),
      ...part('text', description, bytes(card.description)),
      ...part('link', url),
    ],
    pictures: [],
  };
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
