import {
  attachmentsOf,
  lengthOf,
  missingPicturesOf,
  picturesOf,
  recordingsOf,
  textsOf,
  unnamedPicturesIn,
  type ChannelRow,
  type DraftInProgress,
  type TextLimit,
} from '@tongsheng/contracts';
import type { FieldProblem } from '../parts/problem-list.tsx';

/** Which text is on the screen: the common one, the page as the public will see it, or a channel's own. */
export type View = 'common' | 'page' | { channelId: string };
export type Problem = FieldProblem & { view: View };

export type Measured = { count: number; max: number; unit: TextLimit['unit']; isOver: boolean };

/** How long a text is as a channel counts it, where it counts. */
export function measured(text: string, limit: TextLimit | undefined): Measured | null {
  if (!limit) return null;
  const count = lengthOf(text, limit.unit);
  return { ...limit, count, isOver: count > limit.max };
}

/** What a channel gets of a draft: its own words, else the common ones. */
export function ownTexts(draft: DraftInProgress, channelId: string) {
  const own = draft.variants[channelId] ?? {};
  return {
    title: own.title ?? draft.title,
    summary: own.summary ?? draft.summary,
    html: own.html ?? draft.html,
    cover: own.cover ?? draft.cover,
  };
}

/** Without these there is nothing to keep as a revision. */
const neededToSave = new Set(['correction', 'title', 'claim', 'publicLink']);
export const problemsToSave = (draft: DraftInProgress): Problem[] =>
  problemsOf(draft, []).filter(({ field, view }) => view === 'common' && neededToSave.has(field));

const isEmpty = (html: string) => html.replace(/<[^>]*>/g, '').trim() === '' && picturesOf(html).length === 0;

/** Everything that keeps a draft from being reviewed, and that a channel would refuse. */
export function problemsOf(draft: DraftInProgress, channels: readonly ChannelRow[]): Problem[] {
  const { title, html, rumor, kind, format, linked, correction } = draft;
  const found: Problem[] = [];
  const say = (field: string, word: Problem['word'], values?: Record<string, string>, view: View = 'common') =>
    found.push({ field, word, view, ...(values && { values }) });

  if (correction?.note.trim() === '') say('correction', 'editor.need.correction');
  if (title.trim() === '') say('title', 'editor.need.title');
  if (rumor && rumor.claim.trim() === '') say('claim', 'editor.need.claim');
  if (rumor?.publicLink && !/^https?:\/\/./i.test(rumor.publicLink)) say('publicLink', 'rumor.need.link');
  if (isEmpty(html)) say('body', 'editor.need.body');
  const missing = missingPicturesOf(draft).length;
  if (missing > 0) say('body', 'editor.need.picture', { n: String(missing) });
  const unnamed = textsOf(draft).reduce((sum, text) => sum + unnamedPicturesIn(text), 0);
  if (unnamed > 0) say('body', 'editor.need.alt', { n: String(unnamed) });
  if (kind === 'interpretation' && (format === 'audio' || format === 'video') && recordingsOf(draft).length === 0)
    say('recording', 'editor.need.recording');
  if (kind === 'interpretation' && format === 'chart' && picturesOf(html).length + attachmentsOf(draft).length === 0)
    say('body', 'editor.need.chart');
  if (draft.channels.length === 0 && linked === null && !correction) say('channels', 'editor.need.channels');
  for (const channel of channels)
    if (draft.channels.includes(channel.channelId)) found.push(...problemsAt(draft, channel));
  return found;
}

/** What a channel would refuse, by its own limits. */
function problemsAt(draft: DraftInProgress, { channelId, name, limits, body, kind }: ChannelRow): Problem[] {
  const view = { channelId };
  const own = ownTexts(draft, channelId);
  const found: Problem[] = [];
  const over = (field: string, word: Problem['word'], is: Measured | null) => {
    if (!is?.isOver) return;
    const { count, max, unit } = is;
    const values = { channel: name, n: String(count), max: String(max), over: String(count - max), unit };
    found.push({ field, word, view, values });
  };
  // Where only the beginning is sent, what is too long is cut.
  if (body !== 'beginning') over(`own-title-${channelId}`, 'editor.over.title', measured(own.title, limits.text.title));
  if (body === 'whole') over(`own-body-${channelId}`, 'editor.over.body', measured(own.html, limits.text.body));
  const shown = picturesOf(own.html);
  const { pictures } = limits;
  if (body === 'whole' && pictures) {
    const field = `own-body-${channelId}`;
    if (shown.length > pictures.max)
      found.push({
        field,
        word: 'editor.over.pictures',
        view,
        values: { channel: name, n: String(shown.length), max: String(pictures.max) },
      });
    for (const file of draft.files.filter(({ hash }) => shown.includes(hash)))
      if (!pictures.types.includes(file.mediaType) || file.bytes > pictures.maxBytes)
        found.push({ field, word: 'editor.over.type', view, values: { channel: name, name: file.name } });
  }
  if (kind === 'douyin' && own.cover === null && shown.length === 0)
    found.push({ field: `own-cover-${channelId}`, word: 'editor.need.cover', view, values: { channel: name } });
  return found;
}
