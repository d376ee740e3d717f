import { HandTime, startWeChatFake, type WeChatFake, type WeChatOptions } from '@tongsheng/fakes';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handed, Parcel, Sent } from './channel.ts';
import { Tokens } from './tokens.ts';
import { wechat } from './wechat.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const picture = 'c'.repeat(64);
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const illustrated: Parcel = {
  ...samplePost,
  html: `<p>正文</p><img src="https://province.example/province/rebuttal/release/files/${picture}" alt="图" />`,
  files: [{ name: '图.png', hash: picture, bytes: png.length, mediaType: 'image/png' }],
};

/** A fake account and the adapter at it: each `deliver` goes on from what the earlier ones noted. */
async function account(options: Partial<WeChatOptions> = {}, parcel = illustrated) {
  const time = new HandTime();
  const fake = await startWeChatFake(options, { time });
  closings.push(() => fake.stop());
  const settings = { api: fake.url, appid: 'wxfake0000000000001', appSecret: 'fake-secret-of-a-fake-account-00' };
  const tokens = new Tokens();
  let notes: Record<string, string> = {};
  let waited = 0;
  const tools = () =>
    channelTools('wechat', {
      allow: [`127.0.0.1:${fake.port}`],
      timeoutMs: 2_000,
      tokens,
      notes,
      files: { [picture]: png },
      now: () => new Date(Date.parse(noon) + waited).toISOString(),
    });
  const keeping = async <T>(work: (given: ReturnType<typeof tools>) => Promise<T>): Promise<T> => {
    const given = tools();
    // As in the house: what is noted is known to the next step only.
    const result = await work({ ...given, notes: { ...notes } });
    for (const facts of given.noted) notes = { ...notes, ...facts };
    return result;
  };
  const deliver = (of = parcel, more: object = {}) =>
    keeping((given) => wechat.deliver(of, { ...settings, ...more }, given));
  const sent = (receipt: Handed['receipt']): Sent => ({
    parcel,
    receipt: receipt ? { ...receipt, receivedAt: noon } : null,
    notes,
  });
  return {
    fake,
    time,
    deliver,
    prepare: () => keeping((given) => wechat.prepare!(parcel, settings, given)),
    try: () => wechat.test!.send('test-1', null, settings, tools()),
    undo: (made: string) => wechat.test!.undo!(made, settings, tools()),
    discard: () => wechat.discard!(sent(undefined), settings, tools()),
    drafts: async () => {
      const list = await tokenCall(fake, 'draft/batchget', { offset: 0, count: 20 });
      return list['total_count'];
    },
    look: (receipt?: Handed['receipt']) => wechat.probe!.look(sent(receipt), settings, tools()),
    watch: (receipt?: Handed['receipt']) => wechat.watch!(sent(receipt), settings, tools()),
    change: (of: Parcel, how: 'amend' | 'recall', receipt?: Handed['receipt']) =>
      keeping((given) => wechat[how]!.hand(of, sent(receipt), settings, given)),
    /** Another delivery at the same account. */
    anew: () => void (notes = {}),
    health: (more: object = {}) => wechat.health!({ ...settings, ...more }, tools()),
    pass: (ms: number) => {
      waited += ms;
      time.advance(ms);
    },
    seen: () => fake.posts().filter(({ visible }) => visible),
  };
}

type Said = Record<string, unknown>;
const stop = { kind: 'drop', executed: false } as const;

describe('a release for WeChat', () => {
  it('is a draft, then taken for publication, then visible: two facts', async () => {
    const { deliver, look, watch, pass, fake, seen } = await account();
    const handed = await deliver();
    expect(handed).toMatchObject({ outcome: 'accepted_pending', receipt: { url: null } });
    expect(seen()).toEqual([]);
    expect(await look(handed.receipt)).toMatchObject({ finding: 'accepted' });
    pass(3_000);
    const found = await look(handed.receipt);
    expect(found).toMatchObject({ finding: 'present', receipt: { remoteId: handed.receipt!.remoteId } });
    expect(seen()).toMatchObject([{ title: samplePost.title, url: found.receipt!.url }]);
    expect(await watch(found.receipt)).toMatchObject({ found: 'present' });
    expect(fake.ledger.repeated()).toEqual([]);
  });
  it('has its pictures at the platform’s own addresses, a cover, and the way back to our page', async () => {
    const { deliver, look, pass, fake, seen } = await account();
    const { receipt } = await deliver();
    pass(3_000);
    const { url } = (await look(receipt)).receipt!;
    const page = await (await fetch(url!)).text();
    expect(page).toMatch(/<img src="[^"]+" alt="图"/);
    expect(page).not.toContain(picture);
    expect(page).toContain(`href="${samplePost.url}#delivery-1"`);
    expect(seen()[0]!.cover).not.toBeNull();
    expect(fake.ledger.times('media.uploadimg')).toBe(1);
  });
  it('that was made ready before is only flipped', async () => {
    const { prepare, deliver, fake, seen, pass } = await account();
    expect(await prepare()).toMatchObject({ ready: true });
    expect(await prepare()).toMatchObject({ ready: true });
    pass(3_000);
    expect(seen()).toEqual([]);
    const before = fake.ledger.times('material.add_material');
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    expect(fake.ledger.times('draft.add')).toBe(1);
    expect(fake.ledger.times('material.add_material')).toBe(before);
  });
  it('that was made ready and will not go is taken out of the box of drafts, also when nobody heard of the draft', async () => {
    const { prepare, discard, drafts, fake } = await account();
    await prepare();
    expect(await drafts()).toBe(1);
    expect(await discard()).toMatchObject({ done: true });
    expect(await drafts()).toBe(0);
    expect(await discard()).toMatchObject({ done: true });

    const unheard = await account();
    unheard.fake.fault({ kind: 'drop', executed: true, route: 'draft.add' });
    expect(await unheard.prepare()).toMatchObject({ ready: false });
    expect(await unheard.drafts()).toBe(1);
    expect(await unheard.discard()).toMatchObject({ done: true });
    expect(await unheard.drafts()).toBe(0);
    expect(fake.ledger.times('freepublish.submit')).toBe(0);
  });
  it('that is too long, or shows what the platform does not take, is not begun with', async () => {
    const { deliver, fake } = await account();
    const refused = { outcome: 'rejected_permanent', trouble: 'content' };
    expect(await deliver({ ...illustrated, title: '长'.repeat(33) })).toMatchObject(refused);
    expect(await deliver({ ...illustrated, html: '长'.repeat(20_000) })).toMatchObject(refused);
    const gif = { ...illustrated.files[0]!, mediaType: 'image/gif' };
    expect(await deliver({ ...illustrated, files: [gif] })).toMatchObject(refused);
    expect(fake.calls.size).toBe(0);
  });
});

describe('an answer that was lost', () => {
  it('of a submission is found by the draft that left the box', async () => {
    const { deliver, look, watch, pass, fake } = await account();
    fake.fault({ kind: 'drop', executed: true, route: 'freepublish.submit' });
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    expect(await look()).toMatchObject({ finding: 'unsure' });
    pass(3_000);
    const found = await look();
    expect(found).toMatchObject({ finding: 'present' });
    expect(found.receipt!.remoteId).toMatch(/^article_id /);
    expect(await watch(found.receipt)).toMatchObject({ found: 'present' });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('of a submission that never arrived is known once the draft stayed for two minutes', async () => {
    const { deliver, look, pass, fake } = await account();
    fake.fault({ ...stop, route: 'freepublish.submit' });
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    pass(119_000);
    expect(await look()).toMatchObject({ finding: 'unsure' });
    pass(2_000);
    expect(await look()).toMatchObject({ finding: 'absent' });
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    pass(3_000);
    expect(fake.ledger.posted()).toBe(1);
    expect(fake.ledger.times('draft.add')).toBe(1);
  });
  it('of a draft is no doubt about the release, and the draft is found', async () => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'drop', executed: true, route: 'draft.add' });
    expect(await deliver()).toMatchObject({ outcome: 'not_sent' });
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    expect(fake.ledger.times('draft.add')).toBe(1);
    expect(fake.ledger.times('media.uploadimg')).toBe(1);
  });
  it('leaves the rest to a person when the draft is gone and nothing is out', async () => {
    const { deliver, look, pass, fake } = await account();
    fake.fault({ ...stop, route: 'freepublish.submit' });
    await deliver();
    for (const draft of fake.posts()) {
      const id = new URL(draft.url!).searchParams.get('tempkey')!;
      await tokenCall(fake, 'draft/delete', { media_id: id });
    }
    pass(200_000);
    expect(await look()).toMatchObject({ finding: 'unsure' });
    // A person has looked and has it sent again.
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    pass(3_000);
    expect(fake.ledger.posted()).toBe(1);
  });
  it.each([
    { kind: 'html' } as const,
    { kind: 'huge' } as const,
    { kind: 'cut' } as const,
    { kind: 'status' } as const,
    { kind: 'redirect' } as const,
    { kind: 'code', code: -1 } as const,
  ])('of a submission is unknown: %j', async (fault) => {
    const { deliver, fake } = await account();
    fake.fault({ ...fault, route: 'freepublish.submit' });
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    expect(fake.calls.get('freepublish.submit')).toBe(1);
  });
});

/** As the account's own staff would, on the website. */
async function tokenCall(fake: WeChatFake, path: string, body: unknown): Promise<Said> {
  const wish = { grant_type: 'client_credential', appid: 'wxfake0000000000001', secret: fake.access['AppSecret'] };
  const headers = { 'content-type': 'application/json' };
  const post = async (address: string, what: unknown) =>
    (await (await fetch(address, { method: 'POST', body: JSON.stringify(what), headers })).json()) as Said;
  const { access_token: token } = await post(`${fake.url}/cgi-bin/stable_token`, wish);
  return post(`${fake.url}/cgi-bin/${path}?access_token=${String(token)}`, body);
}

describe('the platform’s word', () => {
  it.each([
    [40164, 'rejected_retryable', 'credential'],
    [48001, 'rejected_retryable', 'credential'],
    [50002, 'rejected_retryable', 'credential'],
    [45009, 'rejected_retryable', 'quota'],
    [45011, 'rejected_retryable', 'rate_limited'],
    [53503, 'rejected_permanent', 'content'],
    [53504, 'rejected_permanent', 'content'],
    [53505, 'rejected_permanent', 'content'],
    [12345, 'unknown', 'busy'],
  ] as const)('%i to a submission is %s', async (code, outcome, trouble) => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'code', code, route: 'freepublish.submit' });
    expect(await deliver()).toMatchObject({ outcome, trouble });
    expect(fake.calls.get('freepublish.submit')).toBe(1);
  });
  it('of a quota that is used up names the time to midnight in Beijing', async () => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'code', code: 45009, route: 'freepublish.submit' });
    expect(await deliver()).toMatchObject({ retryAfterSeconds: 12 * 3_600 });
  });
  it('that the token is forgotten is asked about once, with a new one', async () => {
    const { deliver, fake, pass } = await account();
    fake.fault({ kind: 'token_expired', route: 'freepublish.submit' });
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    expect(fake.calls.get('stable_token')).toBe(2);
    pass(3_000);
    expect(fake.ledger.posted()).toBe(1);
  });
  it('that the login is wrong is a person’s matter, and nothing was sent', async () => {
    const { deliver, fake } = await account();
    const wrong = { appSecret: 'another secret' };
    expect(await deliver(illustrated, wrong)).toMatchObject({ outcome: 'rejected_retryable', trouble: 'credential' });
    expect([...fake.calls.keys()]).toEqual(['stable_token']);
  });
  it('is not needed where nobody answers', async () => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'refuse' });
    expect(await deliver()).toMatchObject({ outcome: 'not_sent' });
  });
  it.each([
    [2, 'refused'],
    [4, 'refused'],
    [3, 'absent'],
  ])('of a review that ends with %i is %s', async (verdict, finding) => {
    const { deliver, look, pass, fake } = await account();
    fake.fault({ kind: 'review', verdict, route: 'freepublish.submit' });
    const { receipt } = await deliver();
    pass(3_000);
    expect(await look(receipt)).toMatchObject({ finding });
    expect(fake.ledger.posted()).toBe(0);
  });
  it('of a failure without a reason is believed the second time', async () => {
    const { deliver, look, pass, fake } = await account();
    fake.fault({ kind: 'review', verdict: 3, route: 'freepublish.submit', times: 2 });
    expect(await look((await deliver()).receipt)).toMatchObject({ finding: 'accepted' });
    pass(3_000);
    const { receipt } = await deliver();
    pass(3_000);
    expect(await look(receipt)).toMatchObject({ finding: 'refused' });
  });
  it.each([
    ['ban', 'banned', 'refused'],
    ['deleteOnWebsite', 'gone', 'refused'],
  ] as const)('after %s is %s', async (act, found, finding) => {
    const { deliver, look, watch, pass, fake } = await account();
    const { receipt } = await deliver();
    pass(3_000);
    expect(await watch(receipt)).toMatchObject({ found: 'present' });
    fake.act(act, { publishId: receipt!.remoteId.replace('publish_id ', '') });
    expect(await watch(receipt)).toMatchObject({ found });
    expect(await look(receipt)).toMatchObject({ finding });
  });
  it('may name the job as a number', async () => {
    const { deliver, look, pass } = await account({ publishIdAs: 'number' });
    const { receipt } = await deliver();
    pass(3_000);
    expect(await look(receipt)).toMatchObject({ finding: 'present' });
  });
});

describe('the account', () => {
  it('is well when it may publish, and says what is wrong when it may not', async () => {
    const { health, fake } = await account();
    expect(await health()).toMatchObject({ ok: true });
    expect(await health({ appSecret: 'another secret' })).toMatchObject({ ok: true });
    fake.act('verify', { verified: false });
    expect(await health()).toMatchObject({ ok: false, trouble: 'credential' });
    fake.act('verify', { verified: true });
    fake.act('allowIps', { ips: ['203.0.113.1'] });
    expect(await health()).toMatchObject({ ok: false, trouble: 'credential' });
  });
});

describe('an article that is out', () => {
  const later: Parcel = { ...samplePost, deliveryId: 'delivery-2', title: '更正后的说明' };

  it('is deleted, and deleting it once more changes nothing', async () => {
    const { deliver, look, pass, change, seen, anew } = await account();
    const { receipt } = await deliver();
    pass(60_000);
    const found = await look(receipt);
    expect(seen()).toHaveLength(1);
    anew();
    for (let time = 0; time < 2; time++)
      expect(await change(later, 'recall', found.receipt)).toMatchObject({ outcome: 'confirmed' });
    expect(seen()).toEqual([]);
    expect(await change(later, 'recall')).toMatchObject({ outcome: 'rejected_permanent' });
  });

  it('is replaced: the old one goes first, and a lost answer puts nothing out twice', async () => {
    const { deliver, look, pass, change, seen, fake, anew } = await account();
    const { receipt } = await deliver();
    pass(60_000);
    const found = await look(receipt);
    anew();
    fake.fault({ kind: 'drop', executed: true, route: 'freepublish.delete' });
    expect(await change(later, 'amend', found.receipt)).toMatchObject({ outcome: 'rejected_retryable' });
    expect(seen()).toEqual([]);
    const handed = await change(later, 'amend', found.receipt);
    expect(handed).toMatchObject({ outcome: 'accepted_pending' });
    pass(60_000);
    expect(await look(handed.receipt)).toMatchObject({ finding: 'present' });
    expect(seen().map(({ title }) => title)).toEqual(['更正后的说明']);
  });
});

describe('a test', () => {
  it('is a draft that says so, and that can be taken away; no reader sees anything', async () => {
    const { try: attempt, undo, drafts, fake } = await account();
    const { outcome, receipt } = await attempt();
    expect(outcome).toBe('confirmed');
    expect(await drafts()).toBe(1);
    expect(fake.posts()).toMatchObject([{ visible: false }]);
    expect(await undo(receipt!.remoteId)).toMatchObject({ done: true });
    expect(await drafts()).toBe(0);
    expect(await undo(receipt!.remoteId)).toMatchObject({ done: true });
  });
  it('takes nothing away that is no test', async () => {
    const { prepare, undo, drafts } = await account();
    const prepared = await prepare();
    const draft = /^draft (\S+)$/.exec(prepared.detail)![1]!;
    expect(await undo(draft)).toMatchObject({ done: false, detail: expect.stringContaining('is no test') });
    expect(await drafts()).toBe(1);
  });
  it('says what the platform says', async () => {
    const { try: attempt, fake } = await account();
    fake.fault({ kind: 'code', code: 48001, route: 'draft.add' });
    expect(await attempt()).toMatchObject({ outcome: 'rejected_retryable', trouble: 'credential' });
  });
});
