import { settled, WordPress, type Entry, type Standing } from '@tongsheng/cms';
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

type Settings = Extract<Channel, { kind: 'wordpress' }>['settings'];

/**
 * A site of WordPress. What is made ready stands there as a draft with its files; delivering it is one call. WordPress
 * knows no key, so it is asked by the name that follows from the release before anything is sent again.
 */
export const wordpress = defineChannel('wordpress', {
  onUnknown: 'probe',
  credentialOf: ({ url, username }) => `${new URL(url).host}/${username}`,

  show: showEntry,

  async prepare(parcel, settings, tools) {
    const made = await settled(draft(parcel, settings, tools));
    return isTrouble(made) ? unreadyBy(made) : { ready: true, detail: `the draft is ${made.remoteId}` };
  },

  sharesDraft: true,
  discard: async ({ parcel, notes }, settings, tools) => {
    const there = thereOf(notes);
    if (!there) return { done: true, detail: 'there is no draft' };
    return discardedBy(new WordPress(settings, cmsTools(tools)).remove(entryOf(parcel, notes[standsAs]), there));
  },

  async deliver(parcel, settings, tools) {
    return confirmedBy(await settled(publish(parcel, settings, tools)));
  },

  probe: {
    async look({ parcel, notes }, settings, tools): Promise<Found> {
      const entry = entryOf(parcel);
      const page = await settled(new WordPress(settings, cmsTools(tools)).look(entry, thereOf(notes)));
      if (isTrouble(page)) return { finding: 'unsure', detail: page.detail };
      if (page?.isPublic) return { finding: 'present', detail: 'it is public', receipt: receiptOf(page) };
      return { finding: 'absent', detail: page ? 'it is there and not public' : `there is no ${entry.slug}` };
    },
  },

  async watch({ receipt, notes }, settings, tools) {
    const id = receipt?.remoteId ?? notes[standsAt];
    if (id === undefined) return { found: 'unsure', detail: 'the number of the post is not known' };
    const page = await settled(new WordPress(settings, cmsTools(tools)).named(id));
    if (isTrouble(page)) return { found: 'unsure', detail: page.detail };
    if (!page) return { found: 'gone', detail: 'the post is gone or in the trash' };
    return page.isPublic ? { found: 'present', detail: 'it is public' } : { found: 'gone', detail: 'it is not public' };
  },

  amend: {
    by: 'edit',
    async hand(parcel, sent, settings, tools) {
      const site = new WordPress(settings, cmsTools(tools));
      const there = standingOf(sent);
      if (!there) return unknownPage;
      const page = await settled(site.named(there.remoteId));
      if (isTrouble(page)) return handedBy(page);
      // Made anew it would be a page that somebody there had taken away.
      if (!page) return { outcome: 'rejected_permanent', detail: 'the post is gone or in the trash' };
      return confirmedBy(await settled(site.publish(entryOf(parcel, sent.notes[standsAs]), page)));
    },
  },

  recall: {
    by: 'delete',
    async hand(parcel, sent, settings, tools) {
      const there = standingOf(sent);
      if (!there) return unknownPage;
      const site = new WordPress(settings, cmsTools(tools));
      const gone = await settled(site.remove(entryOf(parcel, sent.notes[standsAs]), there).then(() => there));
      if (isTrouble(gone)) return handedBy(gone);
      const receipt = { remoteId: gone.remoteId, url: null };
      return { outcome: 'confirmed', detail: `the post is ${words[settings.onRemove]}`, receipt };
    },
  },

  async health(settings, tools) {
    const trouble = await settled(new WordPress(settings, cmsTools(tools)).test());
    if (!trouble) return { ok: true, detail: 'the user may publish', trouble: null };
    return { ok: false, detail: trouble.detail, trouble: handedBy(trouble).trouble ?? 'busy' };
  },
});

const words = { trash: 'in the trash', delete: 'deleted', private: 'private' } as const;
const unknownPage: Handed = { outcome: 'rejected_permanent', detail: 'the number of the post is not known' };

async function draft(parcel: Parcel, settings: Settings, tools: Tools): Promise<Standing> {
  const site = new WordPress(settings, cmsTools(tools));
  const entry = entryOf(parcel);
  const made = await site.draft(entry, await knownOf(site, entry, tools));
  await noteOf(made, entry, tools, { [drafted]: parcel.contentHash });
  return made;
}

async function publish(parcel: Parcel, settings: Settings, tools: Tools): Promise<Standing> {
  const site = new WordPress(settings, cmsTools(tools));
  const entry = entryOf(parcel);
  const id = tools.notes[standsAt];
  const flipped =
    id !== undefined && tools.notes[drafted] === parcel.contentHash ? await site.flip(id, entry.postedAt) : null;
  const page = flipped ?? (await site.publish(entry, await knownOf(site, entry, tools)));
  await noteOf(page, entry, tools);
  return page;
}

/** What an earlier attempt has left there, noted or not. */
const knownOf = (site: WordPress, entry: Entry, { notes }: Tools) => site.find(entry, thereOf(notes));

const thereOf = (notes: Tools['notes']) => {
  const remoteId = notes[standsAt];
  return remoteId === undefined ? null : { remoteId };
};

const noteOf = ({ remoteId = '' }: Standing, { slug }: Entry, tools: Tools, more = {}) =>
  tools.note({ [standsAs]: slug, [standsAt]: remoteId, ...more });

function standingOf({ receipt, notes }: Sent): { remoteId: string } | null {
  const remoteId = receipt?.remoteId ?? notes[standsAt];
  return remoteId === undefined ? null : { remoteId };
}

function confirmedBy(said: Awaited<ReturnType<typeof settled<Standing>>>): Handed {
  if (isTrouble(said)) return handedBy(said);
  return { outcome: 'confirmed', detail: 'it is public', receipt: receiptOf(said) };
}

const receiptOf = ({ remoteId = '', url }: Standing) => ({ remoteId, url });
