import { lengthOf } from '@tongsheng/contracts';
import { z } from 'zod';
import { defineChannel, type Found, type Handed, type Parcel, type Seen, type Sent, type Tools } from './channel.ts';
import { part } from './shown.ts';
import { Halted, settled } from './steps.ts';
import {
  detailOf,
  handedOf,
  healthOf,
  onTimeline,
  postUrl,
  showsWithinMs,
  waitedMs,
  WeiboApi,
  type WeiboAccount,
} from './weibo-api.ts';

const Status = z.object({ idstr: z.string().min(1) });

/** 20032 is a yes: published, and shown a minute or two later. */
const shownLater = 20_032;
/** The same text is there: said to a second try, it proves the first. */
const repeated = new Set([20_017, 20_019, 20_111]);
const isMissing = 20_101;
const longest = 140;

/**
 * A post that links to our page. There is no key, but the user's timeline can be read, and the platform refuses the same
 * text twice: after an unknown outcome it is looked for, and what is said again can't be seen twice.
 */
export const weiboShare = defineChannel('weibo_share', {
  onUnknown: 'probe',
  credentialOf: ({ api, uid }) => `${api} ${uid}`,
  show: (parcel) => ({
    parts: part('text', textOf(parcel), { limit: { max: longest, unit: 'hanzi' } }),
    pictures: [],
  }),
  deliver: (parcel, settings, tools) => settled(share(parcel, settings, tools)),
  probe: { look, afterUnknown: ['PT30S', 'PT3M', 'PT10M', 'PT1H'], whilePending: ['PT2M', 'PT5M', 'PT15M', 'PT1H'] },
  watch,
  health: healthOf,
});

async function share(parcel: Parcel, settings: WeiboAccount, tools: Tools): Promise<Handed> {
  const status = textOf(parcel);
  const isSecond = tools.notes['triedAt'] !== undefined;
  await tools.note({ triedAt: parcel.attemptedAt });
  const api = new WeiboApi(settings, tools);
  const said = await api.post('/2/statuses/share.json', { status });
  if (said.kind === 'ok') {
    const read = Status.safeParse(said.data);
    if (!read.success) return { outcome: 'unknown', detail: 'a yes without an id' };
    const { idstr: remoteId } = read.data;
    const receipt = { remoteId, url: postUrl(settings, remoteId) };
    return { outcome: 'confirmed', detail: `posted: ${remoteId}`, receipt };
  }
  if (said.kind === 'code' && said.code === shownLater) return { outcome: 'accepted_pending', detail: said.detail };
  if (said.kind !== 'code' || !repeated.has(said.code)) return handedOf(said);
  if (!isSecond) return { outcome: 'rejected_permanent', trouble: 'content', detail: said.detail };
  const found = await onTimeline(api, parcel, settings);
  if (found?.receipt) return { outcome: 'confirmed', detail: `${said.detail}: it is there`, receipt: found.receipt };
  return { outcome: 'accepted_pending', detail: `${said.detail}: an earlier try is there, not yet to be seen` };
}

/** Title and address always; of the summary what fits. A pair of `#` would be a topic. */
function textOf({ title, summary, url }: Parcel): string {
  const head = `【${title.replaceAll('#', '＃')}】`;
  const tail = ` ${url}`;
  const room = longest - lengthOf(head + tail, 'hanzi');
  if (room < 0)
    throw new Halted({
      outcome: 'rejected_permanent',
      trouble: 'content',
      detail: `title and address are longer than ${longest} 字`,
    });
  let middle = '';
  for (const char of summary.replaceAll('#', '＃').replaceAll(/\s+/g, ' ')) {
    if (lengthOf(`${middle}${char}…`, 'hanzi') > room) return `${head}${middle}…${tail}`;
    middle += char;
  }
  return `${head}${middle}${tail}`;
}

async function look(sent: Sent, settings: WeiboAccount, tools: Tools): Promise<Found> {
  const found = await onTimeline(new WeiboApi(settings, tools), sent.parcel, settings);
  if (found) return found;
  if (waitedMs(sent, tools) < showsWithinMs) return { finding: 'unsure', detail: 'not on the timeline yet' };
  return { finding: 'absent', detail: 'not on the timeline' };
}

async function watch({ receipt }: Sent, settings: WeiboAccount, tools: Tools): Promise<Seen> {
  if (!receipt) return { found: 'unsure', detail: 'its id was never heard' };
  const said = await new WeiboApi(settings, tools).get('/2/statuses/show.json', { id: receipt.remoteId });
  if (said.kind === 'ok') return { found: 'present', detail: 'it is shown' };
  return { found: said.kind === 'code' && said.code === isMissing ? 'gone' : 'unsure', detail: detailOf(said) };
}
