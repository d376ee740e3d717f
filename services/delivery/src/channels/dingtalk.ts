import type { Channel, ChannelLimits } from '@tongsheng/contracts';
import { dingtalkAddress, dingtalkRobot, knock, speak } from '@tongsheng/robots';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { fitted, inJson, markWord, noticeText, tooShort, type Speaking } from './notice-text.ts';
import { part, type Shown } from './shown.ts';
import { Halted } from './steps.ts';

type Settings = Extract<Channel, { kind: 'dingtalk' }>['settings'];

/** A group's robot at DingTalk, with a signature where it asks for one. Only forms of plain text: nothing of it is markup. */
export const dingtalk = defineChannel('dingtalk', {
  onUnknown: 'person',
  show,
  deliver: (parcel, settings, tools) => send(parcel, 'deliver', settings, tools),
  amend: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'amend', settings, tools) },
  recall: { by: 'notice', hand: (parcel, _, settings, tools) => send(parcel, 'recall', settings, tools) },
  health: (settings, tools) =>
    // Signed for this moment: there is no attempt whose time it could have.
    knock(
      dingtalkRobot,
      dingtalkAddress(settings, Date.now()),
      { msgtype: 'none', none: { content: markWord } },
      tools,
    ),
});

async function send(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const max = maxOf(tools.limits);
  const isCard = settings.form === 'link';
  const lines = linesOf(parcel, speaking, isCard, max);
  if (!lines) return tooShort(max);
  const message = isCard ? linkOf(parcel.url, lines) : { msgtype: 'text', text: { content: lines.join('\n') } };
  return speak(dingtalkRobot, dingtalkAddress(settings, Date.parse(parcel.attemptedAt)), message, tools);
}

const maxOf = ({ text }: ChannelLimits) => text.body?.max ?? 19_000;
const linesOf = (parcel: Parcel, speaking: Speaking, isCard: boolean, max: number) =>
  fitted(noticeText(parcel, speaking, { isCard }), max, inJson);

function show(parcel: Parcel, { form }: Settings, limits: ChannelLimits): Shown {
  const max = maxOf(limits);
  const isCard = form === 'link';
  const lines = linesOf(parcel, 'deliver', isCard, max);
  if (!lines) throw new Halted(tooShort(max));
  const counted = { limit: { max, unit: 'bytes' as const }, count: inJson(lines.join('\n')) };
  if (!isCard) return { parts: part('text', lines.join('\n'), counted), pictures: [] };
  const { title, text, messageUrl } = linkOf(parcel.url, lines).link;
  return {
    parts: [...part('title', title), ...part('text', text, counted), ...part('link', messageUrl)],
    pictures: [],
  };
}

const linkOf = (messageUrl: string, [title = '', ...lines]: string[]) => ({
  msgtype: 'link',
  link: { title, text: lines.join('\n'), messageUrl },
});
