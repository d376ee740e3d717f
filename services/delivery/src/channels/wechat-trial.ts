import { z } from 'zod';
import type { Adapter, Discarded, Handed, Tools } from './channel.ts';
import { settled } from './steps.ts';
import { WeChatApi } from './wechat-api.ts';
import { addDraft, coverOf, type DraftSettings } from './wechat-draft.ts';

/** By this a draft is known for a test, and nothing else is taken away. */
const mark = '【测试】';
const Draft = z.object({ news_item: z.array(z.object({ title: z.string() })).min(1) });

/** A draft that says that it is a test: everything but the publishing is tried, and no reader sees anything. */
export const draftTrial: NonNullable<Adapter<DraftSettings>['test']> = {
  needs: null,
  send: (id, _, settings, tools) => settled(makeDraft(id, settings, tools)),
  undo: takeAway,
};

async function makeDraft(id: string, settings: DraftSettings, tools: Tools): Promise<Handed> {
  const api = new WeChatApi(settings, tools);
  const remoteId = await addDraft(api, tools.now(), {
    article_type: 'news',
    title: `${mark}渠道试发，请勿发布`,
    content: `<p>这是一份测试草稿，用来确认渠道能够建草稿。内容不是稿件，请勿发布。编号 ${id}</p>`,
    thumb_media_id: settings.coverMediaId ?? (await coverOf(api, { cover: null, attemptedAt: tools.now() }, tools)),
  });
  return { outcome: 'confirmed', detail: `draft ${remoteId}`, receipt: { remoteId, url: null } };
}

/** Only what is a test by its title: whoever names another draft by mistake loses nothing. */
async function takeAway(draft: string, settings: DraftSettings, tools: Tools): Promise<Discarded> {
  const api = new WeChatApi(settings, tools);
  const found = await api.call('draft/get', { media_id: draft });
  if (found.kind === 'code' && found.code === 40007) return { done: true, detail: 'it is not there any more' };
  if (found.kind !== 'ok') return { done: false, detail: found.detail };
  const read = Draft.safeParse(found.data);
  const isTest = read.success && read.data.news_item.every(({ title }) => title.startsWith(mark));
  if (!isTest) return { done: false, detail: `draft ${draft} is no test` };
  const said = await api.call('draft/delete', { media_id: draft });
  return said.kind === 'ok'
    ? { done: true, detail: `draft ${draft} is deleted` }
    : { done: false, detail: said.detail };
}
