import type { TextLimit } from '@tongsheng/contracts';
import { kindWords, showTime } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import type { Handed, Parcel } from './channel.ts';

export const rumorWords = { false: '不实信息', misleading: '误导信息', outdated: '过时信息' } as const;

/** What a message does to an earlier one. */
export type Speaking = 'deliver' | 'amend' | 'recall';

/** A release as one message of plain text: what comes first is kept longest, and what it ends in is never cut. */
export type NoticeText = {
  title: string;
  lines: string[];
  foot: string[];
};

/** What stands before the address of our page. */
export const linkWord = '全文：';
/** In every message, so that a robot can ask for it as its keyword. */
export const markWord = '发布号';
const openings: Record<Speaking, string> = { deliver: '', amend: '【更正】', recall: '【撤回】' };

/**
 * The verdict stands before the claim, so that no cut leaves a rumor without its answer. 发布号 names the release and its
 * very text: a second copy of a message can be told by it. A card leads to our page by itself;
 * and what can be looked up needs no mark.
 */
export function noticeText(parcel: Parcel, speaking: Speaking, { isCard = false, isMarked = true } = {}): NoticeText {
  const { kind, title, summary, html, rumor, siteName, signedAt, url, releaseId, contentHash } = parcel;
  const said = [
    rumor && `结论：${rumorWords[rumor.verdict]}`,
    rumor && `网传：${rumor.claim}`,
    speaking === 'amend' && '此前发出的内容有更正，以本条为准。',
    summary,
    ...textOf(html).split('\n'),
  ];
  return {
    title: `${openings[speaking]}【${kindWords[kind]}】${title}`,
    lines:
      speaking === 'recall'
        ? ['此前发出的内容已撤回，请勿再转发、引用。']
        : said.filter((line): line is string => !!line),
    foot: [
      `${siteName}　${showTime(signedAt)}（北京时间）`,
      ...(isCard ? [] : [`${linkWord}${url}`]),
      ...(isMarked ? [`[${markWord} ${releaseId}-${contentHash.slice(0, 4)}]`] : []),
    ],
  };
}

/** How much of a limit a text takes, a character at a time. */
export type Measure = (text: string) => number;

export const inBytes: Measure = (text) => Buffer.byteLength(text);
/** As it takes room in a request of JSON. */
export const inJson: Measure = (text) => Buffer.byteLength(JSON.stringify(text)) - 2;

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const more = '…';

/** The longest beginning that fits, ending in `…` where something is missing; no character is cut in two. */
export function cutTo(text: string, max: TextLimit['max'], measure: Measure = inBytes): string {
  // Nothing takes less than one for each unit, so that the rest of a long text needs no look.
  const head = text.slice(0, max + 1);
  if (head === text && measure(text) <= max) return text;
  let [kept, room] = ['', max - measure(more)];
  for (const { segment } of graphemes.segment(head)) {
    room -= measure(segment);
    if (room < 0) break;
    kept += segment;
  }
  return kept === '' ? '' : `${kept.trimEnd()}${more}`;
}

/** The lines that fit, or null where not even the title and the foot do. */
export function fitted({ title, lines, foot }: NoticeText, max: number, measure: Measure = inBytes): string[] | null {
  const end = measure('\n');
  let room = max - foot.reduce((sum, line) => sum + measure(line) + end, 0);
  const head = cutTo(title, Math.max(0, room), measure);
  room -= measure(head) + end;
  if (head === '' || room < 0) return null;
  const kept: string[] = [];
  for (const line of lines) {
    const part = cutTo(line, Math.max(0, room - end), measure);
    if (part !== '') kept.push(part);
    room -= measure(part) + end;
    if (part !== line) break;
  }
  return [head, ...kept, ...foot];
}

/** Not even the title and the way to our page fit into what this channel takes. */
export const tooShort = (max: number): Handed => ({
  outcome: 'rejected_permanent',
  trouble: 'content',
  detail: `the title and the address of the page don’t fit into ${max} bytes`,
});
