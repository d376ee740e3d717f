import { z } from 'zod';
import { defineChannel, type Found, type Handed, type Parcel, type Seen, type Sent, type Tools } from './channel.ts';
import { readied, settled } from './steps.ts';
import { handedOf, WeChatApi, type Said } from './wechat-api.ts';
import { hearWeChat } from './wechat-callback.ts';
import { discardDraft, draftOf, showArticle, type DraftSettings } from './wechat-draft.ts';
import { draftTrial } from './wechat-trial.ts';
import { msgId } from './wechat-findings.ts';

const Job = z.object({ msg_id: z.string().min(1) });
const State = z.object({ msg_status: z.string() });

/**
 * 公众号 群发, to every follower. The platform compares `clientmsgid` for a day and answers a second one with the first
 * job, so an unknown outcome is settled by saying it again.
 */
export const wechatMass = defineChannel('wechat_mass', {
  onUnknown: 'same_key',
  keyLifetime: 'PT23H',
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

  deliver: (parcel, settings, tools) => settled(send(parcel, settings, tools)),

  // The page of the article goes; cards stay on phones. A new version would be a second message of the day: a person decides.
  recall: { by: 'delete', hand: (_, sent, settings, tools) => takeAway(sent, settings, tools) },

  // The administrator may have half an hour to confirm.
  probe: { look, whilePending: ['PT10S', 'PT30S', 'PT2M', 'PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT2H', 'PT6H'] },
  watch,
  callback: async (inbound, settings) => hearWeChat(inbound, settings),

  async health(settings, tools) {
    const said = await new WeChatApi(settings, tools).call('draft/count');
    if (said.kind === 'ok') return { ok: true, detail: 'login and address are good', trouble: null };
    const { trouble = 'network' } = handedOf(said, tools.now());
    return { ok: false, detail: said.detail, trouble };
  },
});

async function send(parcel: Parcel, settings: DraftSettings, tools: Tools): Promise<Handed> {
  const api = new WeChatApi(settings, tools);
  const draft = await draftOf(api, parcel, settings, tools);
  await tools.note({ draftMediaId: draft });
  const said = await sendAll(api, parcel, draft);
  if (!isGone(said)) return sentOf(said, parcel);
  // What was sent has left the box of drafts, and so has what somebody deleted. Under the same key another draft tells
  // which: the first job is answered, or there was none.
  const notes = { ...tools.notes, draftMediaId: draft, lostDraft: draft };
  const another = await draftOf(api, parcel, settings, { ...tools, notes });
  await tools.note({ draftMediaId: another, lostDraft: draft });
  const again = await sendAll(api, parcel, another);
  // It was only made to ask with; nobody reads it. Should it stay, it does no harm.
  if (again.kind === 'code' && again.code === known) await api.call('draft/delete', { media_id: another });
  return sentOf(again, parcel);
}

/** 45065: there is a job under this key, and which it is. */
const known = 45065;
const isGone = (said: Said) => said.kind === 'code' && said.code === 40007;

const sendAll = (api: WeChatApi, { deliveryId }: Parcel, draft: string): Promise<Said> =>
  api.call('message/mass/sendall', {
    filter: { is_to_all: true },
    msgtype: 'mpnews',
    mpnews: { media_id: draft },
    send_ignore_reprint: 0,
    clientmsgid: deliveryId,
  });

function sentOf(said: Said, { attemptedAt }: Parcel): Handed {
  if (said.kind !== 'ok' && !(said.kind === 'code' && said.code === known)) return handedOf(said, attemptedAt);
  const read = Job.safeParse(said.data);
  if (!read.success) return { outcome: 'unknown', detail: 'taken, without a msg_id' };
  const remoteId = msgId(read.data.msg_id);
  const how = said.kind === 'ok' ? 'taken for sending' : 'it had been taken before';
  return { outcome: 'accepted_pending', detail: `${how}: ${remoteId}`, receipt: { remoteId, url: null } };
}

/** Deletes the article of a send; said twice, it is gone once. */
async function takeAway(sent: Sent, settings: DraftSettings, tools: Tools): Promise<Handed> {
  const id = jobIn(sent);
  if (id === undefined)
    return { outcome: 'rejected_permanent', detail: 'which job it is was never heard: delete it in the back office' };
  const said = await new WeChatApi(settings, tools).call('message/mass/delete', { msg_id: id, article_idx: 0 });
  if (said.kind !== 'ok') return handedOf(said, tools.now());
  return { outcome: 'confirmed', detail: 'deleted', ...(sent.receipt && { receipt: sent.receipt }) };
}

const jobIn = ({ receipt }: Sent): string | undefined => /^msg_id (\d+)$/.exec(receipt?.remoteId ?? '')?.[1];

async function stateOf(
  sent: Sent,
  settings: DraftSettings,
  tools: Tools,
): Promise<{ state: string | null; detail: string }> {
  const id = jobIn(sent);
  if (id === undefined) return { state: null, detail: 'which job it is was never heard, and jobs can’t be listed' };
  const said = await new WeChatApi(settings, tools).call('message/mass/get', { msg_id: id });
  if (said.kind !== 'ok') return { state: null, detail: said.detail };
  const read = State.safeParse(said.data);
  return read.success
    ? { state: read.data.msg_status, detail: read.data.msg_status }
    : { state: null, detail: 'the answer is not as documented' };
}

const findings: Record<string, Found['finding']> = {
  SEND_SUCCESS: 'present',
  SENDING: 'accepted',
  SEND_FAIL: 'refused',
  // It was sent, and its article was deleted.
  DELETE: 'refused',
};

async function look(sent: Sent, settings: DraftSettings, tools: Tools): Promise<Found> {
  const { state, detail } = await stateOf(sent, settings, tools);
  const finding = findings[state ?? ''] ?? 'unsure';
  const { receipt } = sent;
  return finding === 'present' && receipt ? { finding, detail, receipt } : { finding, detail };
}

async function watch(sent: Sent, settings: DraftSettings, tools: Tools): Promise<Seen> {
  const { state, detail } = await stateOf(sent, settings, tools);
  if (state === 'SEND_SUCCESS') return { found: 'present', detail };
  return { found: state === 'DELETE' ? 'gone' : 'unsure', detail };
}
