// Publication by Micropub, against a contract fake with a network in between that loses answers.
import type { Channel, DeliveryNotes, PublicDocument, SitePublication } from '@tongsheng/contracts';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Parcel } from '../../services/delivery/src/channels/channel.ts';
import { micropub as channel } from '../../services/delivery/src/channels/micropub.ts';
import { micropub as kind } from '../../services/reposts/src/sites/micropub.ts';
import { isTrouble, type Published, type Tools } from '../../services/reposts/src/sites/site-kind.ts';
import { illustrated, kept, pdfHash, pngHash, repost, sha256 } from './documents.ts';
import { startMicropubFake, type MicropubFake } from './micropub-fake.ts';
import { startProxy, type Proxy } from './proxy.ts';

const askedAt = '2026-11-24T08:00:00.000Z';
const removed = { publicPosition: null };

type Settings = Extract<SitePublication, { kind: 'micropub' }>['settings'];

let site: MicropubFake;
let proxy: Proxy;
let tools: Tools;

beforeAll(async () => {
  site = await startMicropubFake();
  proxy = await startProxy(site.url);
  tools = {
    allow: [proxy.host, site.host],
    patienceMs: 25_000,
    now: () => new Date().toISOString(),
    file: async (hash) => kept.get(hash)!,
    publicSide: {
      keepFile: () => Promise.reject(new Error('unasked')),
      publish: () => Promise.reject(new Error('unasked')),
    },
  };
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});
beforeEach(() => {
  proxy.rule(() => 'pass');
  Object.assign(site.can, { list: false, source: true, slug: true, media: true });
  site.pages.clear();
  site.files.clear();
});

const open = (more: Partial<Settings> = {}) =>
  kind.open({ kind: 'micropub', settings: { endpoint: `${proxy.url}/micropub`, token: site.token, ...more } }, tools);
const withAddress = () => open({ pageUrl: `${site.url}/p/{slug}` });

async function published(document: PublicDocument, there: Published | null = null, calls = open()): Promise<Published> {
  const answer = await calls.publish(document, there);
  if (isTrouble(answer)) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer;
}
async function differing({ url }: Published, document: PublicDocument) {
  const checks = kind.check(await (await fetch(url)).text(), document);
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}
/** The answer to the next creation is lost. */
function loseCreation(): void {
  let lost = false;
  proxy.rule((call) => {
    if (lost || call !== 'POST /micropub') return 'pass';
    lost = true;
    return 'swallow';
  });
}

describe('a page by Micropub', () => {
  it('is found right from outside, is brought up to date where it stands, and is taken back', async () => {
    const document = repost();
    const page = await published(document);
    expect(page).toEqual({ url: expect.stringMatching(/\/p\/tongsheng-[0-9a-f]{20}$/), publicPosition: null });
    expect(await differing(page, document)).toEqual([]);

    const next = { ...document, html: '<p>修订后的全文。</p>', version: 2 };
    expect(await open().find(next, page)).toEqual(page);
    expect(await published(next, page)).toEqual(page);
    expect(await differing(page, next)).toEqual([]);
    expect(site.pages.size).toBe(1);

    expect(await open().remove(next, page, askedAt)).toEqual(removed);
    expect(await open().remove(next, page, askedAt)).toEqual(removed);
    expect((await fetch(page.url)).status).toBe(404);
    expect(await open().find(next, page)).toBeNull();
  });

  it('has its pictures and attachments from the media endpoint, which the settings or the site name', async () => {
    for (const calls of [open(), open({ mediaEndpoint: `${proxy.url}/media` })]) {
      site.files.clear();
      const document = illustrated();
      const page = await published(document, null, calls);
      expect(await differing(page, document)).toEqual([]);
      expect([...site.files.values()].map(sha256).sort()).toEqual([pngHash, pdfHash].sort());
      for (const url of site.files.keys()) expect(await (await fetch(page.url)).text()).toContain(`="${url}"`);
    }
  });

  describe('whose answer was lost is there once', () => {
    it.each([
      ['because the site is asked for the address', () => {}, withAddress],
      [
        'because the address itself is looked at, where the site can’t be asked',
        () => (site.can.source = false),
        withAddress,
      ],
      ['because it is in the list of posts, where there is one', () => (site.can.list = true), open],
      ['also where the site names pages as it likes', () => Object.assign(site.can, { list: true, slug: false }), open],
    ])('%s', async (_, set, calls) => {
      set();
      const document = repost();
      await published(repost());
      loseCreation();
      expect(await calls().publish(document, null)).toMatchObject({ code: 'no_answer', outcome: 'unknown' });
      const found = (await calls().find(document, null)) as Published;
      expect(await differing(found, document)).toEqual([]);
      await published(document, found, calls());
      expect(site.pages.size).toBe(2);
    });
    it.each([
      ['by its address', () => {}, withAddress],
      ['by the list', () => (site.can.list = true), open],
    ])('and what is surely not there is known as well, %s', async (_, set, calls) => {
      set();
      await published(repost());
      expect(await calls().find(repost(), null)).toBeNull();
    });
    it('or a person must look, where nothing can tell', async () => {
      loseCreation();
      const document = repost();
      expect(await open().publish(document, null)).toMatchObject({ outcome: 'unknown' });
      expect(await open().find(document, null)).toMatchObject({ code: 'cannot_tell', outcome: 'rejected_permanent' });
    });
  });

  it('is not published, and it is known why', async () => {
    const refused = { code: 'credentials_refused', detail: expect.stringContaining('unauthorized') };
    const calls = open({ token: 'another token' });
    expect(await calls.publish(repost(), null)).toMatchObject(refused);
    expect(await calls.find(repost(), null)).toMatchObject(refused);
    expect(await calls.test()).toMatchObject(refused);
    expect(await open().test()).toBeNull();
    site.can.media = false;
    expect(await open().publish(illustrated(), null)).toMatchObject({
      code: 'file_refused',
      outcome: 'rejected_permanent',
    });
    proxy.rule(() => ({ status: 201 }));
    expect(await open().publish(repost(), null)).toMatchObject({ code: 'answer_not_understood', outcome: 'unknown' });
    proxy.rule(() => ({ status: 502, body: 'bad gateway' }));
    expect(await withAddress().find(repost(), null)).toMatchObject({ code: 'server_error' });
  });
});

type ChannelSettings = Extract<Channel, { kind: 'micropub' }>['settings'];

describe('a site by Micropub as a channel', () => {
  const settingsOf = (more: Partial<ChannelSettings> = {}): ChannelSettings => ({
    drafts: 'no',
    endpoint: `${proxy.url}/micropub`,
    token: site.token,
    ...more,
  });
  const post = (): Parcel => {
    const document = illustrated();
    const { title, html, files } = document;
    return { ...samplePost, releaseId: `release-${document.documentId}`, title, html, files, attemptedAt: tools.now() };
  };
  const toolsWith = (notes: DeliveryNotes = {}) =>
    channelTools('micropub', { allow: tools.allow, notes, files: Object.fromEntries(kept) });
  const sentAs = (parcel: Parcel, notes: DeliveryNotes, receipt: { remoteId: string; url: string | null } | null) => ({
    parcel,
    notes,
    receipt: receipt && { ...receipt, receivedAt: noon },
  });

  it('waits as a draft where drafts are known, is public by one call, corrected, and taken back', async () => {
    const parcel = post();
    const settings = settingsOf({ drafts: 'yes' });
    const ready = toolsWith();
    expect(await channel.prepare!(parcel, settings, ready)).toMatchObject({ ready: true });
    expect(await channel.prepare!(parcel, settings, toolsWith(ready.notes))).toMatchObject({ ready: true });
    expect(site.pages.size).toBe(1);
    const [url] = [...site.pages.keys()] as [string];
    expect((await fetch(url)).status).toBe(404);
    const draft = sentAs(parcel, ready.notes, null);
    expect(await channel.probe!.look(draft, settings, toolsWith())).toMatchObject({ finding: 'absent' });

    proxy.calls.length = 0;
    const handed = await channel.deliver(parcel, settings, toolsWith(ready.notes));
    expect(handed).toMatchObject({ outcome: 'confirmed', receipt: { url } });
    expect(proxy.calls).toHaveLength(1);
    expect(await (await fetch(url)).text()).toContain('/files/');
    const sent = sentAs(parcel, ready.notes, handed.receipt!);
    expect(await channel.watch!(sent, settings, toolsWith())).toMatchObject({ found: 'present' });

    const next = { ...parcel, releaseId: `${parcel.releaseId}-2`, title: `${parcel.title}（更正）` };
    expect(await channel.amend!.hand(next, sent, settings, toolsWith())).toMatchObject({
      outcome: 'confirmed',
      receipt: { url },
    });
    expect(await (await fetch(url)).text()).toContain('（更正）');
    expect(await channel.recall!.hand(next, sent, settings, toolsWith())).toMatchObject({ outcome: 'confirmed' });
    expect(await channel.watch!(sent, settings, toolsWith())).toMatchObject({ found: 'gone' });
  });

  it('is never shown early: where drafts are not known, nothing is created before its moment', async () => {
    const parcel = post();
    const ready = toolsWith();
    expect(await channel.prepare!(parcel, settingsOf(), ready)).toMatchObject({ ready: true });
    expect(site.pages.size).toBe(0);
    expect(await channel.deliver(parcel, settingsOf(), ready)).toMatchObject({ outcome: 'confirmed' });
    expect(site.pages.size).toBe(1);
  });

  it('is asked about where its answer was lost, and a person is where nobody can be asked', async () => {
    const parcel = post();
    loseCreation();
    const settings = settingsOf({ pageUrl: `${site.url}/p/{slug}` });
    expect(await channel.deliver(parcel, settings, toolsWith())).toMatchObject({ outcome: 'unknown' });
    const lost = sentAs(parcel, {}, null);
    expect(await channel.probe!.look(lost, settings, toolsWith())).toMatchObject({ finding: 'present' });
    expect(await channel.probe!.look(lost, settingsOf(), toolsWith())).toMatchObject({ finding: 'unsure' });
    const stranger = settingsOf({ token: 'nobody knows it' });
    expect(await channel.health!(stranger, toolsWith())).toMatchObject({ ok: false, trouble: 'credential' });
  });
});
