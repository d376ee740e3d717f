// Publication through a real WordPress (Debian's, on MariaDB), with a network in between that loses answers.
import type { DeliveryNotes, PublicDocument, SitePublication } from '@tongsheng/contracts';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Parcel } from '../../services/delivery/src/channels/channel.ts';
import { wordpress as channel } from '../../services/delivery/src/channels/wordpress.ts';
import { wordpress as kind } from '../../services/reposts/src/sites/wordpress.ts';
import { isTrouble, type Published, type Tools } from '../../services/reposts/src/sites/site-kind.ts';
import { illustrated, kept, pdfHash, pngHash, repost, sha256 } from './documents.ts';
import { startProxy, type Fate, type Proxy } from './proxy.ts';
import { startWordPress, wordpressHome, type WordPress } from './wordpress-server.ts';

const askedAt = '2026-11-24T08:00:00.000Z';
const removed = { publicPosition: null };

let site: WordPress;
let proxy: Proxy;
let tools: Tools;

type Settings = Extract<SitePublication, { kind: 'wordpress' }>['settings'];
function open(more: Partial<Settings> = {}, patienceMs = 25_000) {
  const { username, password } = site;
  const settings: Settings = { url: proxy.url, username, password, categories: [], onRemove: 'trash', ...more };
  return kind.open({ kind: 'wordpress', settings }, { ...tools, patienceMs });
}

async function published(document: PublicDocument, there: Published | null = null, calls = open()): Promise<Published> {
  const answer = await calls.publish(document, there);
  if (isTrouble(answer)) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer;
}

/** The page as a citizen gets it. */
async function pageAt(url: string): Promise<{ status: number; page: string }> {
  const answer = await fetch(url);
  return { status: answer.status, page: await answer.text() };
}

const differing = async ({ url }: Published, document: PublicDocument) =>
  kind
    .check((await pageAt(url)).page, document)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

/** What WordPress has, in whatever state. */
type Stock = { posts: { id: number; status: string; title: string }[]; media: number };
async function stock(title: string): Promise<Stock> {
  const all = (await site.run(`
    $posts = get_posts(['post_type' => 'post', 'post_status' => 'any,trash', 'numberposts' => -1]);
    $media = get_posts(['post_type' => 'attachment', 'post_status' => 'any,trash', 'numberposts' => -1]);
    echo json_encode([
      'posts' => array_map(fn($p) => ['id' => $p->ID, 'status' => $p->post_status, 'title' => $p->post_title], $posts),
      'media' => array_map(fn($m) => $m->post_parent, $media)]);`)) as { posts: Stock['posts']; media: number[] };
  const posts = all.posts.filter((post) => post.title.includes(title));
  return { posts, media: all.media.filter((parent) => posts.some(({ id }) => id === parent)).length };
}
const numbered = ({ title }: Pick<PublicDocument, 'title'>) => /第\d+号/.exec(title)![0];

/** The first call that matches has this fate, and no other. */
function once(pattern: RegExp, fate: Fate): void {
  let met = false;
  proxy.rule((call) => {
    if (met || !pattern.test(call)) return 'pass';
    met = true;
    return fate;
  });
}

describe.skipIf(!wordpressHome)('a page on WordPress', () => {
  beforeAll(async () => {
    site = await startWordPress();
    proxy = await startProxy(site.url);
    tools = {
      allow: [proxy.host],
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
    await proxy?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });
  afterEach(() => proxy?.rule(() => 'pass'));

  it('is found right from outside, at an address that follows from its task', async () => {
    const document = repost();
    const page = await published(document);
    expect(page).toEqual({
      url: expect.stringMatching(new RegExp(`^${site.url}/tongsheng-[0-9a-f]{20}/$`)),
      remoteId: expect.stringMatching(/^\d+$/),
      publicPosition: null,
    });
    expect(await differing(page, document)).toEqual([]);
    const moment = await site.run(`echo json_encode(get_post(${page.remoteId})->post_date_gmt);`);
    expect(moment).toBe('2026-11-23 04:00:00');
  });

  it('has its pictures and attachments from WordPress itself', async () => {
    const document = illustrated();
    const page = await published(document);
    expect(await differing(page, document)).toEqual([]);
    const { page: shown } = await pageAt(page.url);
    expect(shown).not.toContain('tax.example');
    const addresses = [...shown.matchAll(/(?:src|href)="([^"]*uploads[^"]*-[0-9a-f]{16}\.(?:png|pdf))"/g)].map(
      ([, at]) => at!,
    );
    const bytes = await Promise.all(addresses.map(async (at) => Buffer.from(await (await fetch(at)).arrayBuffer())));
    expect(bytes.map(sha256).sort()).toEqual([pngHash, pdfHash].sort());
    expect(await stock(numbered(document))).toMatchObject({ posts: [{ status: 'publish' }], media: 2 });
  });

  it('stands in the categories that the site names, which are made once', async () => {
    const calls = open({ categories: ['政策 & 法规', '转载'] });
    const pages = [await published(repost(), null, calls), await published(repost(), null, calls)];
    for (const { remoteId } of pages) {
      const names = await site.run(`echo json_encode(wp_get_post_categories(${remoteId}, ['fields' => 'names']));`);
      expect(names).toEqual(expect.arrayContaining(['政策 &amp; 法规', '转载']));
    }
    expect(
      await site.run(`echo json_encode(count(get_terms(['taxonomy' => 'category', 'hide_empty' => false])));`),
    ).toBe(3);
  });

  it('is brought up to date where it stands', async () => {
    const document = illustrated();
    const first = await published(document);
    const next = {
      ...document,
      title: `${document.title}（修订）`,
      html: `${document.html}<p>第二条 自发布之日起施行。</p>`,
      version: 2,
    };
    const found = await open().find(next, first);
    expect(found).toEqual(first);
    const second = await published(next, first);
    expect(second).toEqual(first);
    expect(await differing(second, next)).toEqual([]);
    expect(await differing(second, document)).toEqual(['title']);
    expect(await stock(numbered(document))).toMatchObject({ posts: [{ status: 'publish' }], media: 2 });
  });

  it.each([
    ['the title', `['post_title' => '别的标题']`, 'title'],
    ['a number in the text', `['post_content' => str_replace('3.5%', '35%', $text)]`, 'text'],
    ['a paragraph', `['post_content' => preg_replace('#<p>第一条.*?</p>#u', '', $text)]`, 'text'],
    [
      'where a link leads',
      `['post_content' => str_replace('https://up.example/f?', 'https://evil.example/f?', $text)]`,
      'text',
    ],
    ['the source', `['post_content' => str_replace('国家税务总局网站', '某网站', $text)]`, 'source'],
    [
      'the link to the source',
      `['post_content' => str_replace('https://up.example/c/', 'https://evil.example/c/', $text)]`,
      'source_link',
    ],
    ['the date', `['post_content' => str_replace('2026-11-23', '2026-11-24', $text)]`, 'published_date'],
  ])('does not pass when somebody changed %s', async (_, change, check) => {
    const document = repost();
    const page = await published(document);
    await site.run(`$text = get_post(${page.remoteId})->post_content;
      wp_update_post(wp_slash(array_merge(['ID' => ${page.remoteId}], ${change}))); echo 'true';`);
    expect(await differing(page, document)).toEqual([check]);
  });

  describe('is there once', () => {
    it.each([
      ['the answer to its creation', /^POST .*\/posts\?/],
      ['the answer to a picture', /^POST .*\/media\?/],
      ['the answer to its completion', /^POST .*\/posts\/\d+\?/],
    ])('when %s is lost', async (_, pattern) => {
      const document = illustrated();
      once(pattern, 'swallow');
      expect(await open().publish(document, null)).toMatchObject({ code: 'no_answer', outcome: 'unknown' });
      const found = await open().find(document, null);
      expect(found).toMatchObject({ remoteId: expect.any(String) });
      const page = await published(document, found as Published);
      expect(await differing(page, document)).toEqual([]);
      expect(await stock(numbered(document))).toMatchObject({ posts: [{ status: 'publish' }], media: 2 });
    });

    it('when WordPress takes longer than anybody waits', async () => {
      const document = repost();
      once(/^POST /, 'hold');
      expect(await open({}, 1_000).publish(document, null)).toMatchObject({ code: 'no_answer', outcome: 'unknown' });
      const page = await published(document, (await open().find(document, null)) as Published);
      expect(await differing(page, document)).toEqual([]);
      expect((await stock(numbered(document))).posts).toHaveLength(1);
    });

    it('when two processes publish it in the same moment', async () => {
      const document = repost();
      await Promise.all([published(document), published(document), published(document)]);
      const found = (await open().find(document, null)) as Published;
      expect(await differing(found, document)).toEqual([]);
      expect((await stock(numbered(document))).posts).toHaveLength(1);
    });

    it('also where its address was changed by hand', async () => {
      const document = repost();
      const page = await published(document);
      await site.run(
        `wp_update_post(['ID' => ${page.remoteId}, 'post_name' => 'renamed-${page.remoteId}']); echo 'true';`,
      );
      const found = await open().find(document, page);
      expect(found).toMatchObject({ remoteId: page.remoteId, url: `${site.url}/renamed-${page.remoteId}/` });
    });

    it('and is made anew where somebody deleted it', async () => {
      const document = repost();
      const page = await published(document);
      await site.run(`wp_trash_post(${page.remoteId}); echo 'true';`);
      expect(await open().find(document, page)).toBeNull();
      const again = await published(document);
      expect(again.url).toBe(page.url);
      expect(await differing(again, document)).toEqual([]);
    });
  });

  describe('is not published, and it is known why,', () => {
    it('when the password is wrong: once, until somebody mends it', async () => {
      const document = repost();
      const calls = open({ password: 'wrong wrong wrong' });
      const refused = { code: 'credentials_refused', outcome: 'rejected_permanent' };
      expect(await calls.publish(document, null)).toMatchObject(refused);
      expect(await calls.find(document, null)).toMatchObject(refused);
      expect(await calls.test()).toMatchObject(refused);
    });
    it('when the user may not publish', async () => {
      const password =
        (await site.run(`$id = wp_insert_user(['user_login' => 'reader', 'user_pass' => 'x', 'role' => 'subscriber']);
        echo json_encode(WP_Application_Passwords::create_new_application_password($id, ['name' => 'x'])[0]);`)) as string;
      const calls = open({ username: 'reader', password });
      expect(await calls.publish(repost(), null)).toMatchObject({
        code: 'credentials_refused',
        detail: expect.stringContaining('rest_cannot_create'),
      });
      expect(await calls.test()).toMatchObject({
        code: 'rights_missing',
        detail: expect.stringContaining('publish_posts'),
      });
      expect(await open().test()).toBeNull();
    });
    it('when WordPress does not take a kind of file', async () => {
      const document = illustrated();
      const files = [
        document.files[0]!,
        { ...document.files[1]!, name: '版式.ofd', mediaType: 'application/octet-stream' },
      ];
      expect(await open().publish({ ...document, files }, null)).toMatchObject({
        code: 'file_refused',
        detail: expect.stringContaining('版式.ofd'),
        outcome: 'rejected_permanent',
      });
      expect((await stock(numbered(document))).posts).toMatchObject([{ status: 'draft' }]);
    });
    it.each<[string, Fate, object]>([
      ['it is broken', { status: 500, body: 'oops' }, { code: 'server_error', outcome: 'unknown' }],
      [
        'it is busy',
        { status: 503, headers: { 'retry-after': '7' } },
        { code: 'busy', outcome: 'rejected_retryable', retryAfterSeconds: 7 },
      ],
      [
        'something answers for it',
        { status: 200, body: '<html>blocked</html>' },
        { code: 'answer_not_understood', outcome: 'unknown' },
      ],
      [
        'it moved',
        { status: 301, headers: { location: 'https://elsewhere.example/' } },
        { code: 'moved', outcome: 'rejected_permanent' },
      ],
    ])('when %s', async (_, fate, trouble) => {
      once(/^POST /, fate);
      expect(await open().publish(repost(), null)).toMatchObject(trouble);
    });
    it('when nobody is there, or may be asked', async () => {
      const nobody = open({ url: 'http://127.0.0.1:9' });
      expect(await nobody.publish(repost(), null)).toMatchObject({
        code: 'address_refused',
        outcome: 'rejected_permanent',
      });
      tools = { ...tools, allow: [...tools.allow, '127.0.0.1:9'] };
      expect(await open({ url: 'http://127.0.0.1:9' }).publish(repost(), null)).toMatchObject({
        code: 'unreachable',
        outcome: 'not_sent',
      });
    });
  });

  describe('is taken back', () => {
    it.each([
      ['trash', ['trash']],
      ['delete', []],
      ['private', ['private']],
    ] as const)('and nobody can read it or its files (%s), however often it is said', async (onRemove, left) => {
      const document = illustrated();
      const calls = open({ onRemove });
      const page = await published(document);
      const files = [
        ...(await pageAt(page.url)).page.matchAll(/="([^"]*uploads[^"]*-[0-9a-f]{16}\.(?:png|pdf))"/g),
      ].map(([, at]) => at!);
      expect(files).toHaveLength(2);
      expect(await calls.remove(document, page, askedAt)).toEqual(removed);
      expect(await calls.remove(document, page, askedAt)).toEqual(removed);
      for (const url of [page.url, ...files]) expect((await pageAt(url)).status).toBe(404);
      expect((await stock(numbered(document))).posts.map(({ status }) => status)).toEqual(left);
    });
    it('with every copy', async () => {
      const document = repost();
      const page = await published(document);
      const twin = (await site.run(
        `echo json_encode(wp_insert_post(wp_slash(array_merge(get_post(${page.remoteId}, ARRAY_A), ['ID' => 0]))));`,
      )) as number;
      expect((await pageAt(`${site.url}/?p=${twin}`)).status).toBe(200);
      expect(await open().remove(document, page, askedAt)).toEqual(removed);
      expect((await pageAt(`${site.url}/?p=${twin}`)).status).toBe(404);
    });
  });

  describe('as a channel', () => {
    const settingsOf = (more: Partial<Settings> = {}): Settings => ({
      url: proxy.url,
      username: site.username,
      password: site.password,
      categories: [],
      onRemove: 'trash',
      ...more,
    });
    const post = (): Parcel => {
      const document = illustrated();
      const { title, html, files } = document;
      return {
        ...samplePost,
        releaseId: `release-${document.documentId}`,
        title,
        html,
        files,
        attemptedAt: tools.now(),
      };
    };
    const toolsWith = (notes: DeliveryNotes = {}, timeoutMs = 25_000) =>
      channelTools('wordpress', { allow: tools.allow, notes, timeoutMs, files: Object.fromEntries(kept) });
    const sentAs = (
      parcel: Parcel,
      notes: DeliveryNotes,
      receipt: { remoteId: string; url: string | null } | null,
    ) => ({
      parcel,
      notes,
      receipt: receipt && { ...receipt, receivedAt: noon },
    });

    it('waits as a draft with its files, is public by one call, corrected where it stands, and taken back', async () => {
      const parcel = post();
      const settings = settingsOf();
      const ready = toolsWith();
      expect(await channel.prepare!(parcel, settings, ready)).toMatchObject({ ready: true });
      // A second time, because the first one's answer may have been lost with its process.
      expect(await channel.prepare!(parcel, settings, toolsWith())).toMatchObject({ ready: true });
      expect(await stock(numbered(parcel))).toMatchObject({ posts: [{ status: 'draft' }], media: 2 });
      expect(await channel.probe!.look(sentAs(parcel, ready.notes, null), settings, toolsWith())).toMatchObject({
        finding: 'absent',
      });

      proxy.calls.length = 0;
      const handed = await channel.deliver(parcel, settings, toolsWith(ready.notes));
      expect(handed).toMatchObject({ outcome: 'confirmed', receipt: { url: expect.stringContaining('/tongsheng-') } });
      expect(proxy.calls).toHaveLength(1);
      const receipt = handed.receipt!;
      expect((await pageAt(receipt.url!)).page).toContain('uploads');
      const sent = sentAs(parcel, ready.notes, receipt);
      expect(await channel.watch!(sent, settings, toolsWith())).toMatchObject({ found: 'present' });

      const next = { ...parcel, releaseId: `${parcel.releaseId}-2`, title: `${parcel.title}（更正）` };
      expect(await channel.amend!.hand(next, sent, settings, toolsWith())).toMatchObject({
        outcome: 'confirmed',
        receipt,
      });
      expect(await stock(numbered(parcel))).toMatchObject({
        posts: [{ status: 'publish', title: expect.stringContaining('（更正）') }],
        media: 2,
      });

      expect(await channel.recall!.hand(next, sent, settings, toolsWith())).toMatchObject({ outcome: 'confirmed' });
      expect((await pageAt(receipt.url!)).status).toBe(404);
      expect(await channel.watch!(sent, settings, toolsWith())).toMatchObject({ found: 'gone' });
      expect(await channel.amend!.hand(next, sent, settings, toolsWith())).toMatchObject({
        outcome: 'rejected_permanent',
      });
    });

    it('is there once when an answer is lost: it is asked first, and then nothing is left to do', async () => {
      const parcel = post();
      const settings = settingsOf();
      once(/^POST .*\/posts\/\d+\?/, 'swallow');
      expect(await channel.deliver(parcel, settings, toolsWith())).toMatchObject({ outcome: 'unknown' });
      const found = await channel.probe!.look(sentAs(parcel, {}, null), settings, toolsWith());
      expect(found).toMatchObject({ finding: 'present', receipt: { remoteId: expect.stringMatching(/^\d+$/) } });
      // Lost before it was public, the draft of the first attempt is what the second goes on with.
      const other = post();
      once(/^POST .*\/media\?/, 'swallow');
      expect(await channel.deliver(other, settings, toolsWith())).toMatchObject({ outcome: 'unknown' });
      const looked = await channel.probe!.look(sentAs(other, {}, null), settings, toolsWith());
      expect(looked).toMatchObject({ finding: 'absent' });
      expect(await channel.deliver(other, settings, toolsWith())).toMatchObject({ outcome: 'confirmed' });
      for (const each of [parcel, other])
        expect(await stock(numbered(each))).toMatchObject({ posts: [{ status: 'publish' }], media: 2 });
    });

    it('says when its login is refused, or its files', async () => {
      const stranger = settingsOf({ password: 'wrong wrong wrong' });
      expect(await channel.deliver(post(), stranger, toolsWith())).toMatchObject({
        outcome: 'rejected_retryable',
        trouble: 'credential',
      });
      expect(await channel.prepare!(post(), stranger, toolsWith())).toMatchObject({
        ready: false,
        trouble: 'credential',
      });
      expect(await channel.health!(stranger, toolsWith())).toMatchObject({ ok: false, trouble: 'credential' });
      expect(await channel.health!(settingsOf(), toolsWith())).toMatchObject({ ok: true });
      const parcel = post();
      const files = parcel.files.map((file) => ({ ...file, name: '版式.ofd', mediaType: 'application/octet-stream' }));
      const odd = { ...parcel, files };
      expect(await channel.prepare!(odd, settingsOf(), toolsWith())).toMatchObject({
        ready: false,
        trouble: 'content',
      });
    });
  });
});
