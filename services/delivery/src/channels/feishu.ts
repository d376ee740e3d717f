import type { Channel, ChannelLimits } from '@tongsheng/contracts';
import { feishuAddress, feishuRobot, feishuSigned, knock, speak } from '@tongsheng/robots';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { fitted, inJson, linkWord, markWord, noticeText, tooShort, type Speaking } from './notice-text.ts';
import { part, type Shown } from './shown.ts';
import { Halted } from './steps.ts';

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
      feishuRobot,
      feishuAddress(settings),
      { ...feishuSigned(settings, Date.now()), msg_type: 'none', content: { text: markWord } },
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
    ...feishuSigned(settings, Date.parse(parcel.attemptedAt)),
    msg_type: 'post',
    content: { post: { zh_cn: postOf(lines, parcel.url) } },
  };
  return speak(feishuRobot, feishuAddress(settings), message, tools);
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
