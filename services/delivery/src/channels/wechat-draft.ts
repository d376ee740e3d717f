import { picturesOf, type ChannelLimits } from '@tongsheng/contracts';
import { CallForm } from '@tongsheng/web';
import { z } from 'zod';
import type { Discarded, Parcel, Sent, Tools } from './channel.ts';
import { plainCover } from './plain-cover.ts';
import { part, type Shown } from './shown.ts';
import { Halted, mustFit, withPictures } from './steps.ts';
import { harmlessly, must, WeChatApi, type WeChatAccount } from './wechat-api.ts';

export type DraftSettings = WeChatAccount & { author?: string | undefined; coverMediaId?: string | undefined };

const Media = z.object({ media_id: z.string().min(1) });
const Address = z.object({ url: z.string().min(1) });
const Item = z.object({ title: z.string().default(''), content_source_url: z.string().default('') });
const Drafts = z.object({
  item: z.array(z.object({ media_id: z.string(), content: z.object({ news_item: z.array(Item) }) })).default([]),
});

/** 阅读原文 leads to our page; behind the mark it says which delivery this is, and readers see nothing of it. */
export const sourceOf = ({ url, deliveryId }: Parcel): string => `${url}#${deliveryId}`;

/** Whether an article of the account is this delivery's. Where the mark was taken off, address and title say so. */
export function isOurs({ title, content_source_url: source }: z.infer<typeof Item>, parcel: Parcel): boolean {
  return source === sourceOf(parcel) || (source === parcel.url && title === parcel.title);
}

/**
 * The id of the draft: one that was noted, one that is there although nobody heard of it, or a new one. Nothing of it is
 * seen by readers. What the pictures became is noted before the draft is made of them.
 * @throws Halted
 */
export async function draftOf(api: WeChatApi, parcel: Parcel, settings: DraftSettings, tools: Tools): Promise<string> {
  const { notes } = tools;
  const { draftMediaId, lostDraft } = notes;
  if (draftMediaId !== undefined && draftMediaId !== lostDraft) return draftMediaId;
  mustFit(parcel, tools.limits);
  const found = notes['draftBegun'] !== undefined && draftMediaId === undefined && (await listedDraft(api, parcel));
  if (found) return found;

  const cover = notes['coverMediaId'] ?? settings.coverMediaId ?? (await coverOf(api, parcel, tools));
  const pictures = new Map<string, string>();
  for (const hash of picturesOf(parcel.html)) {
    const known = notes[`picture_${hash.slice(0, 40)}`];
    pictures.set(hash, known ?? (await uploadPicture(api, parcel, hash, tools)));
  }
  const noted = [...pictures].map(([hash, address]) => [`picture_${hash.slice(0, 40)}`, address]);
  await tools.note({ ...Object.fromEntries(noted), coverMediaId: cover, draftBegun: 'yes' });

  const article = { ...articleOf(parcel, settings, tools.limits, pictures), thumb_media_id: cover };
  return addDraft(api, parcel.attemptedAt, article);
}

/** @returns its id. @throws Halted */
export async function addDraft(api: WeChatApi, at: string, article: Record<string, unknown>): Promise<string> {
  const said = await api.call('draft/add', { articles: [article] });
  return understood(
    Media,
    must(said, (not) => harmlessly(not, at)),
  ).media_id;
}

/** The article, with its pictures at the addresses that the platform gave them. */
function articleOf(
  parcel: Parcel,
  { author }: Pick<DraftSettings, 'author'>,
  { text }: ChannelLimits,
  pictures: ReadonlyMap<string, string>,
) {
  const { title, summary, html } = parcel;
  return {
    article_type: 'news',
    title,
    ...(author !== undefined && { author }),
    // Without one, or with one that is too long, the platform takes the beginning of the text.
    ...(summary !== '' && [...summary].length <= (text.summary?.max ?? 0) && { digest: summary }),
    content: withPictures(html, pictures),
    content_source_url: sourceOf(parcel),
  };
}

/** An article of a 公众号 as its draft will have it. @throws Halted where the platform would not take it */
export function showArticle(parcel: Parcel, settings: DraftSettings, limits: ChannelLimits): Shown {
  mustFit(parcel, limits);
  const { title, digest, content, content_source_url: link } = articleOf(parcel, settings, limits, new Map());
  const { text } = limits;
  return {
    parts: [
      ...part('title', title, { limit: text.title }),
      ...part('summary', digest ?? '', { limit: text.summary }),
      ...part('page', content, { form: 'html', limit: text.body }),
      ...part('link', link),
    ],
    pictures: parcel.cover ? [parcel.cover.hash] : [],
  };
}

/** A draft that was made although its answer was lost. @throws Halted */
async function listedDraft(api: WeChatApi, parcel: Parcel): Promise<string | null> {
  const list = await api.call('draft/batchget', { offset: 0, count: 20, no_content: 1 });
  const { item } = understood(
    Drafts,
    must(list, (said) => harmlessly(said, parcel.attemptedAt)),
  );
  return item.find(({ content }) => content.news_item.some((each) => isOurs(each, parcel)))?.media_id ?? null;
}

/** Takes the draft away, also one that nobody heard of. Saying it twice is the same. */
export async function discardDraft({ parcel, notes }: Sent, account: WeChatAccount, tools: Tools): Promise<Discarded> {
  const api = new WeChatApi(account, tools);
  const { draftMediaId, draftBegun, lostDraft } = notes;
  try {
    const heard = draftMediaId === lostDraft ? undefined : draftMediaId;
    const draft = heard ?? (draftBegun === undefined ? null : await listedDraft(api, parcel));
    if (draft === null) return { done: true, detail: 'there is no draft' };
    const said = await api.call('draft/delete', { media_id: draft });
    return said.kind === 'ok'
      ? { done: true, detail: `draft ${draft} is deleted` }
      : { done: false, detail: said.detail };
  } catch (error) {
    if (error instanceof Halted) return { done: false, detail: error.message };
    throw error;
  }
}

/** The release's own, or a plain one. @throws Halted */
export async function coverOf(
  api: WeChatApi,
  { cover, attemptedAt }: Pick<Parcel, 'cover' | 'attemptedAt'>,
  { file }: Pick<Tools, 'file'>,
): Promise<string> {
  // 2.35 to 1, as the platform cuts it.
  const form = formOf(cover ? await file(cover.hash) : plainCover(900, 383), cover?.mediaType ?? 'image/png', 'cover');
  const said = await api.call('material/add_material?type=image', form);
  return understood(
    Media,
    must(said, (not) => harmlessly(not, attemptedAt)),
  ).media_id;
}

async function uploadPicture(api: WeChatApi, { files, attemptedAt }: Parcel, hash: string, { file }: Tools) {
  const mediaType = files.find((each) => each.hash === hash)?.mediaType ?? 'image/png';
  const said = await api.call('media/uploadimg', formOf(await file(hash), mediaType, hash.slice(0, 16)));
  return understood(
    Address,
    must(said, (not) => harmlessly(not, attemptedAt)),
  ).url;
}

function formOf(bytes: Uint8Array, mediaType: string, name: string): CallForm {
  const form = new CallForm();
  const ending = mediaType === 'image/jpeg' ? 'jpg' : mediaType.replace('image/', '');
  form.set('media', new Blob([new Uint8Array(bytes)], { type: mediaType }), `${name}.${ending}`);
  return form;
}

/** What a yes says, where nothing depends on it yet. @throws Halted */
function understood<S extends z.ZodType>(shape: S, data: unknown): z.infer<S> {
  const read = shape.safeParse(data);
  if (read.success) return read.data;
  throw new Halted({ outcome: 'not_sent', trouble: 'busy', detail: 'the answer is not as documented' });
}
