import { cannotTell, Halted, Micropub, settled, type Standing } from '@tongsheng/cms';
import type { Channel } from '@tongsheng/contracts';
import { defineChannel, type Found, type Handed, type Parcel, type Sent, type Tools } from './channel.ts';
import {
  cmsTools,
  discardedBy,
  drafted,
  entryOf,
  handedBy,
  isTrouble,
  showEntry,
  standsAs,
  standsAt,
  unreadyBy,
} from './cms-entry.ts';

type Settings = Extract<Channel, { kind: 'micropub' }>['settings'];

/**
 * A site by Micropub. Where its endpoint knows drafts, what is made ready waits there as one; where not, only the login is
 * looked at, because what is created is public. Whether a page is there is asked by its address or in the list of posts.
 */
export const micropub = defineChannel('micropub', {
  onUnknown: 'probe',
  credentialOf: ({ endpoint }) => endpoint,

  show: showEntry,

  async prepare(parcel, settings, tools) {
    const said = await settled(ready(parcel, settings, tools));
    return isTrouble(said) ? unreadyBy(said) : { ready: true, detail: said.is };
  },

  sharesDraft: true,
  discard: async ({ parcel, notes }, settings, tools) => {
    const there = thereOf(notes);
    if (!there) return { done: true, detail: 'there is no draft' };
    return discardedBy(siteOf(settings, tools).remove(entryOf(parcel, notes[standsAs]), there));
  },

  async deliver(parcel, settings, tools) {
    return confirmedBy(await settled(publish(parcel, settings, tools)));
  },

  probe: {
    async look({ parcel, notes }, settings, tools): Promise<Found> {
      const page = await settled(siteOf(settings, tools).find(entryOf(parcel), thereOf(notes)));
      if (isTrouble(page)) return { finding: 'unsure', detail: page.detail };
      if (page?.isPublic) return { finding: 'present', detail: 'it is public', receipt: receiptOf(page) };
      return { finding: 'absent', detail: page ? 'it is a draft' : 'it is not there' };
    },
  },

  async watch({ receipt, notes }, settings, tools) {
    const url = receipt?.url ?? notes[standsAt];
    if (url === undefined) return { found: 'unsure', detail: 'the address of the page is not known' };
    const shown = await settled(
      siteOf(settings, tools)
        .isShown(url)
        .then((is) => ({ is })),
    );
    if (isTrouble(shown)) return { found: 'unsure', detail: shown.detail };
    return shown.is ? { found: 'present', detail: url } : { found: 'gone', detail: `${url} is gone` };
  },

  amend: {
    by: 'edit',
    async hand(parcel, sent, settings, tools) {
      const there = standingOf(sent);
      if (!there) return unknownPage;
      return confirmedBy(await settled(siteOf(settings, tools).publish(entryOf(parcel, sent.notes[standsAs]), there)));
    },
  },

  recall: {
    by: 'delete',
    async hand(parcel, sent, settings, tools) {
      const there = standingOf(sent);
      if (!there) return unknownPage;
      const entry = entryOf(parcel, sent.notes[standsAs]);
      const gone = await settled(
        siteOf(settings, tools)
          .remove(entry, there)
          .then(() => there),
      );
      if (isTrouble(gone)) return handedBy(gone);
      return {
        outcome: 'confirmed',
        detail: 'it is deleted',
        receipt: { remoteId: gone.url.slice(0, 500), url: null },
      };
    },
  },

  async health(settings, tools) {
    const trouble = await settled(siteOf(settings, tools).test());
    if (!trouble) return { ok: true, detail: 'the endpoint answers', trouble: null };
    return { ok: false, detail: trouble.detail, trouble: handedBy(trouble).trouble ?? 'busy' };
  },
});

const unknownPage: Handed = { outcome: 'rejected_permanent', detail: 'the address of the page is not known' };

const siteOf = (settings: Settings, tools: Tools) => {
  const { drafts: _drafts, ...own } = settings;
  return new Micropub(own, cmsTools(tools));
};

async function ready(parcel: Parcel, settings: Settings, tools: Tools): Promise<{ is: string }> {
  const site = siteOf(settings, tools);
  if (settings.drafts === 'no') {
    await site.test();
    return { is: 'the endpoint answers; it keeps no drafts' };
  }
  if (tools.notes[drafted] === parcel.contentHash) return { is: 'the draft is there' };
  const entry = entryOf(parcel);
  const known = await settled(site.find(entry, thereOf(tools.notes)));
  // A second draft, which nobody sees, is better than none that is ready.
  if (isTrouble(known) && known.code !== cannotTell) throw new Halted(known);
  const made = known && !isTrouble(known) ? known : await site.draft(entry);
  await tools.note({ [standsAs]: entry.slug, [standsAt]: made.url, [drafted]: parcel.contentHash });
  return { is: `the draft is at ${made.url}` };
}

async function publish(parcel: Parcel, settings: Settings, tools: Tools): Promise<Standing> {
  const site = siteOf(settings, tools);
  const entry = entryOf(parcel);
  const there = thereOf(tools.notes);
  const isReady = there && tools.notes[drafted] === parcel.contentHash;
  const page = await (isReady ? site.flip(there.url, entry.postedAt) : site.publish(entry, there));
  await tools.note({ [standsAs]: entry.slug, [standsAt]: page.url });
  return page;
}

function thereOf(notes: Tools['notes']): { url: string } | null {
  const url = notes[standsAt];
  return url === undefined ? null : { url };
}

function standingOf({ receipt, notes }: Sent): { url: string } | null {
  return receipt?.url ? { url: receipt.url } : thereOf(notes);
}

function confirmedBy(said: Awaited<ReturnType<typeof settled<Standing>>>): Handed {
  if (isTrouble(said)) return handedBy(said);
  return { outcome: 'confirmed', detail: 'it is public', receipt: receiptOf(said) };
}

const receiptOf = ({ url }: Standing) => ({ remoteId: url.slice(0, 500), url });
