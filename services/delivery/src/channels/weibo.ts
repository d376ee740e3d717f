import { safeCall, textOf } from '@tongsheng/web';
import { z } from 'zod';
import { defineChannel, type Handed, type Parcel, type Seen, type Sent, type Tools } from './channel.ts';
import { part } from './shown.ts';
import { mustFit, settled } from './steps.ts';
import { handedOf, healthOf, onTimeline, WeiboApi, type WeiboAccount } from './weibo-api.ts';

const Published = z.object({ data: z.object({ object_id: z.string(), url: z.url(), mid: z.string().nullish() }) });

/**
 * 头条文章. There is no key and no list of articles: after an unknown outcome the user's timeline may show the post that
 * goes with it, and where it does not, a person looks.
 */
export const weibo = defineChannel('weibo', {
  onUnknown: 'probe',
  credentialOf: ({ api, uid }) => `${api} ${uid}`,
  show(parcel, _settings, limits) {
    mustFit(parcel, limits);
    const { title, summary, content, text } = articleOf(parcel);
    return {
      parts: [
        ...part('title', title, { limit: limits.text.title }),
        ...part('summary', summary ?? ''),
        ...part('page', content, { form: 'html', limit: limits.text.body }),
        ...part('text', text),
      ],
      pictures: [],
    };
  },
  deliver: (parcel, settings, tools) => settled(publish(parcel, settings, tools)),
  probe: {
    afterUnknown: ['PT1M', 'PT4M'],
    async look(sent, settings, tools) {
      const found = await onTimeline(new WeiboApi(settings, tools), sent.parcel, settings);
      // Half done is a documented outcome: an article may be there without its post.
      return found ?? { finding: 'unsure', detail: 'no post of it on the timeline; articles can’t be listed' };
    },
  },
  watch,
  health: healthOf,
});

async function publish(parcel: Parcel, settings: WeiboAccount & { cover: string }, tools: Tools): Promise<Handed> {
  mustFit(parcel, tools.limits);
  const article = { ...articleOf(parcel), cover: settings.cover };
  const said = await new WeiboApi(settings, tools).post('/proxy/article/publish.json', article);
  if (said.kind !== 'ok') return handedOf(said);
  const read = Published.safeParse(said.data);
  if (!read.success) return { outcome: 'unknown', detail: 'a yes without the article’s address' };
  const { object_id: remoteId, url: address } = read.data.data;
  return { outcome: 'confirmed', detail: `100000: ${remoteId}`, receipt: { remoteId, url: address } };
}

/** The article, and the post that goes with it. */
function articleOf({ title, summary, html: content, url }: Parcel) {
  const text = [...`${title} ${summary}`.trim()].slice(0, postCharacters).join('');
  return { title, content, text: `${text} ${url}`, ...(summary !== '' && { summary }) };
}

/** Of 1 900, with room for the address. */
const postCharacters = 1_500;

/** The article's own page; what it says of what is gone. ○ */
async function watch({ receipt, parcel }: Sent, _settings: WeiboAccount, { allow, timeoutMs }: Tools): Promise<Seen> {
  if (!receipt?.url) return { found: 'unsure', detail: 'where it is was never heard' };
  const page = await safeCall(receipt.url, { method: 'GET', allow, timeoutMs, maxBytes: 2 ** 20 });
  if (page.kind !== 'answered') return { found: 'unsure', detail: page.detail };
  const text = textOf(page.body.toString('utf8'));
  if (page.status === 404 || text.includes('不存在或已被删除')) return { found: 'gone', detail: 'its page says so' };
  const isThere = page.status === 200 && text.includes(parcel.title);
  return isThere
    ? { found: 'present', detail: 'its page shows it' }
    : { found: 'unsure', detail: `HTTP ${page.status}` };
}
