import { z } from 'zod';
import { defineChannel, type Found, type Handed, type Parcel, type Seen, type Sent, type Tools } from './channel.ts';
import { readied, settled } from './steps.ts';
import { handedOf, WeChatApi, type Said } from './wechat-api.ts';
import { hearWeChat } from './wechat-callback.ts';
import { discardDraft, draftOf, isOurs, showArticle, type DraftSettings } from './wechat-draft.ts';
import { draftTrial } from './wechat-trial.ts';
import { foundOf, publishId, Status, webAddress } from './wechat-findings.ts';

const Submitted = z.object({ publish_id: z.string().min(1) });
const Item = z.object({
  title: z.string().default(''),
  content_source_url: z.string().default(''),
  url: z.string().default(''),
  is_deleted: z.boolean().default(false),
});
const Article = z.object({ news_item: z.array(Item).min(1) });
const Published = z.object({
  item: z
    .array(
      z.object({ article_id: z.string(), update_time: z.number(), content: z.object({ news_item: z.array(Item) }) }),
    )
    .default([]),
});

/** How long a draft may stay in the box while it is being published. channel-api-facts.md A.4 */
const inFlightMs = 120_000;

/**
 * 公众号 发布. The platform knows no key, but what it has published leaves the box of drafts: whether a submission arrived
 * is asked there, then in the list of what is out. A yes to a submission is an acceptance; its review comes after.
 */
export const wechat = defineChannel('wechat', {
  onUnknown: 'probe',
  credentialOf: ({ api, appid }) => `${api} ${appid}`,

  show: showArticle,

  prepare: (parcel, settings, tools) =>
    readied(
      (async () => {
        const draftMediaId = await draftOf(new WeChatApi(settings, tools), parcel, settings, tools);
        await tools.note({ draftMediaId });
        return `draft ${draftMediaId}`;
      })(),
    ),

  discard: discardDraft,
  test: draftTrial,

  deliver: (parcel, settings, tools) => settled(publish(parcel, settings, tools)),

  // A published article can't be changed through the interface: the old one goes, and the new one is published.
  amend: {
    by: 'replace',
    hand: (parcel, sent, settings, tools) => settled(replace(parcel, sent, settings, tools)),
  },
  recall: { by: 'delete', hand: (_, sent, settings, tools) => takeAway(sent, settings, tools) },

  probe: { look, afterUnknown: ['PT10S', 'PT30S', 'PT2M', 'PT2M', 'PT5M', 'PT15M', 'PT1H', 'PT3H'] },
  watch,
  callback: async (inbound, settings) => hearWeChat(inbound, settings),

  async health(settings, tools) {
    const said = await new WeChatApi(settings, tools).call('freepublish/batchget', {
      offset: 0,
      count: 1,
      no_content: 1,
    });
    if (said.kind === 'ok') return { ok: true, detail: 'login, address and permission are good', trouble: null };
    const { trouble = 'network' } = handedOf(said, tools.now());
    return { ok: false, detail: said.detail, trouble };
  },
});

async function publish(parcel: Parcel, settings: DraftSettings, tools: Tools): Promise<Handed> {
  const api = new WeChatApi(settings, tools);
  const draft = await draftOf(api, parcel, settings, tools);
  const isRepeated = tools.notes['submitted'] === draft;
  const said = await submit(api, draft, parcel, tools);
  if (!isGone(said)) return submitted(said, parcel);
  if (!isRepeated) {
    // It was deleted before it was ever submitted: nothing of it can be out.
    await tools.note({ lostDraft: draft });
    const notes = { ...tools.notes, lostDraft: draft };
    const another = await draftOf(api, parcel, settings, { ...tools, notes });
    return submitted(await submit(api, another, parcel, tools), parcel);
  }
  const out = await listed(api, { parcel, since: tools.notes['submittedAt'] ?? parcel.signedAt });
  if (out?.finding === 'present') return { outcome: 'confirmed', detail: out.detail, receipt: out.receipt! };
  // Should a person have it sent again, then with a new draft.
  await tools.note({ lostDraft: draft });
  return { outcome: 'unknown', detail: `the draft is not there any more, nor an article made of it: ${said.detail}` };
}

async function replace(parcel: Parcel, sent: Sent, settings: DraftSettings, tools: Tools): Promise<Handed> {
  if (tools.notes['removed'] === undefined) {
    const removed = await takeAway(sent, settings, tools);
    // Whether it arrived is not known: it may be said again, and nothing new is out yet.
    if (removed.outcome === 'unknown') return { ...removed, outcome: 'rejected_retryable' };
    if (removed.outcome !== 'confirmed') return removed;
    await tools.note({ removed: 'yes' });
  }
  return publish(parcel, settings, tools);
}

/** Deletes the article; said twice, it is gone once. */
async function takeAway(sent: Sent, settings: DraftSettings, tools: Tools): Promise<Handed> {
  const api = new WeChatApi(settings, tools);
  const gone = (detail: string): Handed => ({
    outcome: 'confirmed',
    detail,
    ...(sent.receipt && { receipt: sent.receipt }),
  });
  let article = idIn(sent, 'article_id');
  const job = idIn(sent, 'publish_id');
  if (article === null && job !== null) {
    const said = await api.call('freepublish/get', { publish_id: job });
    if (said.kind !== 'ok') return handedOf(said, tools.now());
    const read = Status.safeParse(said.data);
    if (!read.success) return { outcome: 'rejected_retryable', detail: 'the answer is not as documented' };
    const { publish_status: status, article_id: id } = read.data;
    if (status === 5 || status === 6) return gone(`${status}: it is no longer there`);
    article = id ?? null;
  }
  if (article === null)
    return {
      outcome: 'rejected_permanent',
      detail: 'which article it is was never heard: delete it in the back office',
    };
  const said = await api.call('freepublish/delete', { article_id: article });
  return said.kind === 'ok' ? gone('deleted') : handedOf(said, tools.now());
}

async function submit(api: WeChatApi, draft: string, { attemptedAt }: Parcel, { note, notes }: Tools): Promise<Said> {
  const submits = String(Number(notes['submits'] ?? 0) + 1);
  await note({ draftMediaId: draft, submitted: draft, submittedAt: attemptedAt, submits });
  return api.call('freepublish/submit', { media_id: draft });
}

const isGone = (said: Said): said is Extract<Said, { kind: 'code' }> => said.kind === 'code' && said.code === 40007;

function submitted(said: Said, { attemptedAt }: Parcel): Handed {
  if (said.kind !== 'ok') return handedOf(said, attemptedAt);
  const read = Submitted.safeParse(said.data);
  if (!read.success) return { outcome: 'unknown', detail: 'a yes without a publish_id' };
  const remoteId = publishId(read.data.publish_id);
  return {
    outcome: 'accepted_pending',
    detail: `taken for publication: ${remoteId}`,
    receipt: { remoteId, url: null },
  };
}

const articleId = (id: string) => `article_id ${id}`;
const idIn = ({ receipt }: Sent, kind: 'publish_id' | 'article_id'): string | null =>
  receipt?.remoteId.startsWith(`${kind} `) ? receipt.remoteId.slice(kind.length + 1) : null;

async function look(sent: Sent, settings: DraftSettings, tools: Tools): Promise<Found> {
  const api = new WeChatApi(settings, tools);
  const job = idIn(sent, 'publish_id');
  if (job !== null) {
    const said = await api.call('freepublish/get', { publish_id: job });
    const read = said.kind === 'ok' ? Status.safeParse(said.data) : null;
    if (!read?.success) return unsure(said);
    return foundOf(read.data, job, Number(sent.notes['submits'] ?? 1) > 1);
  }
  const { submitted: draft, submittedAt } = sent.notes;
  // Noted before every submission: without it none was made.
  if (draft === undefined) return { finding: 'absent', detail: 'it was never submitted' };
  const since = submittedAt ?? sent.parcel.signedAt;
  const there = await api.call('draft/get', { media_id: draft });
  if (isGone(there)) {
    const out = await listed(api, { parcel: sent.parcel, since });
    return out ?? { finding: 'unsure', detail: 'the draft is gone, but no article of ours is in the list yet' };
  }
  if (there.kind !== 'ok') return unsure(there);
  const waited = Date.parse(tools.now()) - Date.parse(since);
  if (waited < inFlightMs) return { finding: 'unsure', detail: 'the draft is still there; it may be on its way' };
  const out = await listed(api, { parcel: sent.parcel, since });
  return out ?? { finding: 'absent', detail: 'the draft is still there and was not published' };
}

const unsure = (said: Said): Found => ({
  finding: 'unsure',
  detail: said.kind === 'ok' ? 'the answer is not as documented' : said.detail,
});

/** How far apart the platform's clock and ours may be, and how many pages are read at most: 4,000 articles since then. */
const slackMs = 600_000;
const pages = 200;

/** Among the articles that came out since it was submitted, ours; null where it is not. */
async function listed(api: WeChatApi, { parcel, since }: { parcel: Parcel; since: string }): Promise<Found | null> {
  const from = Date.parse(since) - slackMs;
  for (let page = 0; page < pages; page++) {
    const said = await api.call('freepublish/batchget', { offset: page * 20, count: 20, no_content: 1 });
    const read = said.kind === 'ok' ? Published.safeParse(said.data) : null;
    if (!read?.success) return unsure(said);
    const { item } = read.data;
    for (const { article_id: id, content } of item) {
      const ours = content.news_item.find((each) => isOurs(each, parcel));
      if (!ours) continue;
      const receipt = { remoteId: articleId(id), url: webAddress(ours.url) };
      if (ours.is_deleted) return { finding: 'refused', detail: 'it was out, and was deleted', receipt };
      return { finding: 'present', detail: 'in the list of what is out', receipt };
    }
    const last = item.at(-1);
    if (!last || last.update_time * 1_000 < from) return null;
  }
  return { finding: 'unsure', detail: 'not among the newest articles of the account' };
}

async function watch(sent: Sent, settings: DraftSettings, tools: Tools): Promise<Seen> {
  const api = new WeChatApi(settings, tools);
  const job = idIn(sent, 'publish_id');
  if (job !== null) {
    const said = await api.call('freepublish/get', { publish_id: job });
    const read = said.kind === 'ok' ? Status.safeParse(said.data) : null;
    const status = read?.success ? read.data.publish_status : null;
    if (status === 0) return { found: 'present', detail: '0: published' };
    if (status === 5) return { found: 'gone', detail: '5: the account deleted it' };
    if (status === 6) return { found: 'banned', detail: '6: the platform banned it' };
    return { found: 'unsure', detail: unsure(said).detail };
  }
  const article = idIn(sent, 'article_id');
  if (article === null) return { found: 'unsure', detail: 'which article it is was never heard' };
  const said = await api.call('freepublish/getarticle', { article_id: article });
  const read = said.kind === 'ok' ? Article.safeParse(said.data) : null;
  if (!read?.success) return { found: 'unsure', detail: unsure(said).detail };
  const isDeleted = read.data.news_item.every((item) => item.is_deleted);
  return isDeleted ? { found: 'gone', detail: 'marked as deleted' } : { found: 'present', detail: 'it is there' };
}
