import type { CorrectionFigures, PublicCorrection, PublicDocument } from '@tongsheng/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { FormTokens } from './form-token.ts';
import { IntakeAway, type Intake, type Report } from './intake.ts';
import { PublicIndex } from './public-index.ts';
import { networkOf, RateLimit } from './rate-limit.ts';
import { createSite } from './site.ts';
import { Topics } from './topics.ts';

const receipt = '20261126-7K3M9QXA2BCD';
const document: PublicDocument = {
  documentId: 'd1',
  site: 'province',
  siteName: '某省税务局',
  kind: 'repost',
  column: '税收政策',
  title: '关于“优化”<服务>的公告',
  summary: '',
  html: '<p>正文</p>',
  url: 'https://portal.example/province/repost/d1',
  source: null,
  files: [],
  verdict: null,
  postedAt: '2026-11-23T00:00:00.000Z',
  version: 1,
  contentHash: 'a'.repeat(64),
};
const waiting: PublicCorrection = {
  receipt,
  site: 'province',
  state: 'waiting',
  receivedAt: '2026-11-26T01:00:00.000Z',
  dueAt: '2026-12-01T16:00:00.000Z',
  outcome: null,
  answer: '',
  answeredAt: null,
};

let now = 0;
let away = false;
let reports: Report[] = [];
let found: PublicCorrection | null = null;
let counted = 0;
const counts = { received: 3, inTime: 2, late: 0, open: 1, overdue: 0 };
const figures: CorrectionFigures = {
  asOf: '2026-11-26T01:00:00.000Z',
  total: counts,
  months: [{ month: '2026-11', ...counts }],
  sites: [{ site: 'province', ...counts }],
};
const intake: Intake = {
  async report(report) {
    if (away) throw new IntakeAway('away');
    reports.push(report);
    return { receipt, mail: report.email !== null };
  },
  async answer() {
    if (away) throw new IntakeAway('away');
    return found;
  },
  async figures() {
    if (away) throw new IntakeAway('away');
    counted++;
    return figures;
  },
};
let site: ReturnType<typeof createSite>;

beforeEach(() => {
  [now, away, reports, found, counted] = [1_000_000, false, [], null, 0];
  const index = new PublicIndex();
  index.add(document, 1);
  const texts = { read: async () => document };
  const baseUrl = 'https://portal.example';
  site = createSite({
    index,
    texts,
    files: { read: async () => ({ bytes: Buffer.from(''), intact: true }) },
    topics: new Topics({ index, texts, baseUrl }),
    hub: { ask: async () => ({ status: 503 as const, text: 'closed' }) },
    complete: () => true,
    corrections: { baseUrl, intake, tokens: new FormTokens('k'.repeat(16), 3_000), now: () => now },
    proxies: ['127.0.0.1'],
  });
});

const get = (url: string, from = '203.0.113.9') => site.inject({ url, headers: { 'x-forwarded-for': from } });
/** The form as it is shown, after a person has read it. */
async function opened(query = '?site=province&kind=repost&id=d1'): Promise<string> {
  const { body } = await get(`/corrections/new${query}`);
  now += 10_000;
  return /name="token" value="([^"]+)"/.exec(body)![1]!;
}
const post = (fields: Record<string, string>, from = '203.0.113.9') =>
  site.inject({
    method: 'POST',
    url: '/corrections',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': from },
    payload: new URLSearchParams(fields).toString(),
  });
const ofPage = { site: 'province', kind: 'repost', id: 'd1', email: '', website: '' };
const text = '第二段“增值锐”应为“增值税”';

describe('the form', () => {
  it('is reached from every page, and knows which one is meant', async () => {
    const page = await get('/province/repost/d1');
    const link = /href="(\/corrections\/new[^"]*)"/.exec(page.body)![1]!.replaceAll('&amp;', '&');
    const form = await get(link);
    expect(form.body).toContain('关于“优化”&lt;服务&gt;的公告');
    expect(form.headers['content-security-policy']).toContain("form-action 'self'");
    expect(form.headers['content-security-policy']).not.toContain('script');
    expect(form.body).not.toContain('<script');
  });
  it('takes a report without a script and shows its receipt', async () => {
    const token = await opened();
    const answer = await post({ ...ofPage, token, text, email: 'wang@example.com' });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`/corrections/answer?receipt=${receipt}&sent=mail`);
    expect(reports).toEqual([
      {
        site: 'province',
        page: { title: document.title, url: document.url, document: { kind: 'repost', documentId: 'd1' } },
        text,
        email: 'wang@example.com',
      },
    ]);
    found = waiting;
    const shown = await get(String(answer.headers.location));
    expect(shown.body).toContain(receipt);
    expect(shown.body).toContain('2026-12-02 00:00');
    expect(shown.body).not.toContain('wang@example.com');
  });
  it('takes as much text as it says it does', async () => {
    const token = await opened();
    expect((await post({ ...ofPage, token, text: '误'.repeat(2_000) })).statusCode).toBe(303);
    expect((await post({ ...ofPage, token, text: '误'.repeat(2_001) })).statusCode).toBe(422);
  });
  it('takes a report of a page that is not named, too', async () => {
    const token = await opened('');
    await post({ site: 'province', token, text, title: '办税地图', url: '', email: '', website: '' });
    expect(reports[0]?.page).toEqual({ title: '办税地图', url: null, document: null });
  });
  it('says all that is wrong at once, and keeps what was written', async () => {
    const token = await opened('');
    const answer = await post({
      site: 'nowhere',
      token,
      text: '错',
      url: 'javascript:alert(1)',
      email: 'x',
      website: '',
    });
    expect(answer.statusCode).toBe(422);
    for (const of of ['site', 'text', 'url', 'email']) expect(answer.body).toContain(`href="#${of}"`);
    expect(answer.body).toContain('javascript:alert(1)');
    expect(answer.body).not.toMatch(/href="javascript/);
    expect(reports).toEqual([]);
  });
  it('keeps the text when the house does not answer, and takes it when it does', async () => {
    away = true;
    const token = await opened();
    const first = await post({ ...ofPage, token, text });
    expect(first.statusCode).toBe(503);
    expect(first.body).toContain(text.replaceAll('"', '&quot;'));
    away = false;
    const again = /name="token" value="([^"]+)"/.exec(first.body)![1]!;
    expect((await post({ ...ofPage, token: again, text })).statusCode).toBe(303);
  });
});

describe('abuse', () => {
  it('is told from people by a field that nobody sees and by the time that reading takes', async () => {
    const token = await opened();
    expect((await post({ ...ofPage, token, text, website: 'https://spam.example' })).statusCode).toBe(422);
    expect((await post({ ...ofPage, token: 'made.up.token', text })).body).toContain('页面已更新');
    now -= 9_000;
    expect((await post({ ...ofPage, token, text })).body).toContain('提交得太快');
    now += 13 * 3_600_000;
    const old = await post({ ...ofPage, token, text });
    expect(old.body).toContain('页面打开太久');
    expect(reports).toEqual([]);
  });
  it('is held off by the address, and nobody else with it', async () => {
    const token = await opened();
    for (let n = 0; n < 5; n++) expect((await post({ ...ofPage, token, text })).statusCode).toBe(303);
    const sixth = await post({ ...ofPage, token, text });
    expect(sixth.statusCode).toBe(429);
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(0);
    expect(sixth.body).toContain(text);
    expect((await post({ ...ofPage, token, text }, '203.0.113.10')).statusCode).toBe(303);
    now += 600_001;
    expect((await post({ ...ofPage, token, text })).statusCode).toBe(303);
  });
  it('finds no answers by guessing', async () => {
    for (let n = 0; n < 30; n++) expect((await get(`/corrections/answer?receipt=20261126-${n}`)).statusCode).toBe(404);
    expect((await get(`/corrections/answer?receipt=${receipt}`)).statusCode).toBe(429);
  });
  it('sends nothing that is larger than a form, or no form', async () => {
    const token = await opened();
    expect((await post({ ...ofPage, token, text: 'x'.repeat(40_000) })).statusCode).toBe(413);
    const json = await site.inject({ method: 'POST', url: '/corrections', payload: { text } });
    expect(json.statusCode).toBe(422);
    expect(reports).toEqual([]);
  });
  it('is inert: markup stays text, what no keyboard writes is left out', async () => {
    const token = await opened('');
    const evil = '<img src=x onerror=alert(1)> {{7*7}} \u0000\u202E=cmd()';
    const shown = await post({
      site: 'province',
      token,
      text: evil,
      title: '"><script>',
      url: 'x',
      email: '',
      website: '',
    });
    expect(shown.body).not.toContain('<img src=x');
    expect(shown.body).not.toContain('<script>');
    const token2 = await opened('');
    await post({
      site: 'province',
      token: token2,
      text: evil,
      title: 'a\r\nBcc: x@y.example',
      url: '',
      email: '',
      website: '',
    });
    expect(reports[0]?.text).toBe('<img src=x onerror=alert(1)> {{7*7}} =cmd()');
    expect(reports[0]?.page.title).toBe('a Bcc: x@y.example');
  });
  it('an address that is not one, or several, is refused', async () => {
    for (const email of ['a@b.example\nBcc: c@d.example', 'a@b.example,c@d.example', '<x>@y.example']) {
      const token = await opened();
      const answer = await post({ ...ofPage, token, text, email });
      expect({ email, status: answer.statusCode }).toEqual({ email, status: 422 });
    }
  });
});

describe('the answer', () => {
  it('is shown by its receipt, as it was typed from paper', async () => {
    found = {
      ...waiting,
      state: 'answered',
      outcome: 'corrected',
      answer: '已更正<b>。',
      answeredAt: '2026-11-27T01:00:00.000Z',
    };
    const shown = await get(`/corrections/answer?receipt=${receipt.toLowerCase()}`);
    expect(shown.body).toContain('已更正&lt;b&gt;。');
    expect(shown.headers['cache-control']).toBe('no-store');
    expect(shown.headers['x-robots-tag']).toBe('noindex');
  });
  it('that nobody knows, or that can’t be asked for, is said to be so', async () => {
    expect((await get('/corrections/answer?receipt=x')).statusCode).toBe(404);
    expect((await get('/corrections/answer?receipt=a.b')).statusCode).toBe(404);
    away = true;
    const shown = await get(`/corrections/answer?receipt=${receipt}`);
    expect(shown.statusCode).toBe(503);
    expect(shown.body).toContain('暂时查不到');
  });
});

it('the figures are public, and asked for once however many look', async () => {
  const [first] = await Promise.all([get('/corrections'), get('/corrections'), get('/corrections')]);
  expect(first.body).toMatch(/2026-11[\s\S]*3[\s\S]*2/);
  expect(first.body).toContain('某省税务局');
  expect(counted).toBe(1);
  away = true;
  now += 60_000;
  const without = await get('/corrections');
  expect(without.statusCode).toBe(503);
  expect(without.body).toContain('/corrections/new');
});

it('one subscriber is one address', () => {
  expect(networkOf('2001:db8:1:2::9')).toBe(networkOf('2001:db8:1:2:ffff::1'));
  expect(networkOf('2001:db8:1:3::9')).not.toBe(networkOf('2001:db8:1:2::9'));
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
});

it('all together are held off as well', () => {
  const limit = new RateLimit({ each: 2, all: 3 }, 1_000);
  expect(['a', 'b', 'c'].map((each) => limit.count(each, 0))).toEqual([null, null, null]);
  expect(limit.count('d', 0)).toBe(1);
  expect(limit.count('d', 1_000)).toBeNull();
});
