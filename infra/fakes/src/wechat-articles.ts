import { z } from 'zod';
import { bytesOf, length, plainText } from './answers.ts';

const flag = z.union([z.literal(0), z.literal(1)]);

/** One article of a draft, in the fields of [wx-S] api_draft_add; what is unknown is left aside, as the platform does. */
export const Article = z.object({
  article_type: z.enum(['news', 'newspic']).default('news'),
  title: z.string().default(''),
  author: z.string().default(''),
  digest: z.string().optional(),
  content: z.string().default(''),
  content_source_url: z.string().default(''),
  thumb_media_id: z.string().default(''),
  need_open_comment: flag.default(0),
  only_fans_can_comment: flag.default(0),
  pic_crop_235_1: z.string().optional(),
  pic_crop_1_1: z.string().optional(),
  image_info: z.object({ image_list: z.array(z.object({ image_media_id: z.string() })) }).optional(),
});
export type Article = z.infer<typeof Article>;

export type ArticleLimits = {
  /** ● the current page; older texts say 64. [wx-S] */
  titleCharacters: number;
  /** ○ */
  authorCharacters: number;
  /** ○; 120 in older texts. */
  digestCharacters: number;
  /** Fewer than this, over the whole string with its tags. [wx-C] */
  contentCharacters: number;
  contentBytes: number;
  /** ○ */
  sourceUrlBytes: number;
  /** ○ */
  pictures: number;
};

export const articleLimits: ArticleLimits = {
  titleCharacters: 32,
  authorCharacters: 16,
  digestCharacters: 128,
  contentCharacters: 20_000,
  contentBytes: 2 ** 20,
  sourceUrlBytes: 1_024,
  pictures: 20,
};

/** What is wrong with an article, as the platform's code, or null. `isMaterial` knows the permanent images. */
export function wrongWith(article: Article, limits: ArticleLimits, isMaterial: (id: string) => boolean): number | null {
  const { title, author, digest, content, content_source_url: source, thumb_media_id: thumb } = article;
  if (title === '') return 44003;
  // 45003 speaks of titles and is also given for other fields. [wx-C]
  if (length(title) > limits.titleCharacters || length(author) > limits.authorCharacters) return 45003;
  if (bytesOf(source) > limits.sourceUrlBytes) return 45003;
  if (digest !== undefined && length(digest) > limits.digestCharacters) return 45004;
  if (length(content) >= limits.contentCharacters || bytesOf(content) >= limits.contentBytes) return 45002;
  if (!isCrop(article.pic_crop_235_1) || !isCrop(article.pic_crop_1_1)) return 47001;
  if (article.article_type === 'newspic') {
    const pictures = article.image_info?.image_list ?? [];
    const known = pictures.every(({ image_media_id: id }) => isMaterial(id));
    return pictures.length === 0 || pictures.length > limits.pictures || !known ? 40007 : null;
  }
  if (content === '') return 44003;
  if (!isMaterial(thumb)) return 40007;
  return isSoundHtml(content) ? null : 45166;
}

const isCrop = (crop: string | undefined) =>
  crop === undefined || crop === '' || /^(?:(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)(?:_|$)){4}$/.test(crop);

/** Every tag ends, and every link leads to a place on the web, in mail or in the page. */
function isSoundHtml(content: string): boolean {
  if (/<[a-z/][^>]*$/i.test(content)) return false;
  const links = [...content.matchAll(/<a\b[^>]*?\shref\s*=\s*["']?([^"'\s>]*)/gi)].map(([, link]) => link ?? '');
  return links.every((link) => /^(?:https?:\/\/|mailto:|tel:|#|$)/i.test(link));
}

/** The first 54 characters of the text stand in for a digest that was not given. [SDK-java] */
export const digestOf = (article: Article, isAlone: boolean): string =>
  article.digest ?? (isAlone ? [...plainText(article.content)].slice(0, 54).join('') : '');
