import { expect, it } from 'vitest';
import { publicStream } from './public.ts';

const url = 'https://national.example/';
const read = (text: string) =>
  publicStream.read(
    { bytes: Buffer.from(text), contentType: 'application/json', url, link: null },
    { detector: { kind: 'public', url, stream: 'NATIONAL' }, zone: 'Asia/Shanghai', now: '2026-11-23T04:00:00.000Z' },
  );

it('a document of another deployment is one entry, with its own moment of publication', async () => {
  const document = {
    documentId: 'd1',
    site: 'national',
    siteName: '国家税务总局',
    kind: 'press',
    column: '新闻发布',
    title: '发布会',
    summary: '摘要',
    html: '<p>正文</p>',
    url: 'https://national.example/national/press/d1',
    source: null,
    verdict: null,
    postedAt: '2026-11-20T01:30:00.000Z',
    version: 1,
    contentHash: 'a'.repeat(64),
  };
  expect(await read(JSON.stringify(document))).toMatchObject({
    ok: true,
    entries: [
      {
        id: 'national/d1',
        title: '发布会',
        link: document.url,
        issuer: '国家税务总局',
        column: '新闻发布',
        published: { at: document.postedAt, precision: 'second' },
        contentHtml: '<p>正文</p>',
      },
    ],
  });
});

it('what another deployment took back is no entry, and says so', async () => {
  const withdrawnAt = '2026-11-21T01:30:00.000Z';
  const place = { documentId: 'd1', site: 'national', siteName: '国家税务总局', kind: 'press', column: '新闻发布' };
  const nothing = { title: '（已撤下）', summary: '', html: '', source: null, verdict: null };
  const document = {
    ...place,
    ...nothing,
    url: 'https://national.example/national/press/d1',
    postedAt: '2026-11-20T01:30:00.000Z',
    version: 1,
    contentHash: 'a'.repeat(64),
    withdrawnAt,
  };
  expect(await read(JSON.stringify(document))).toMatchObject({
    ok: true,
    entries: [],
    presence: [{ id: 'national/d1', link: document.url, is: 'gone', since: withdrawnAt }],
  });
});

it('what is none has a name for it', async () => {
  for (const text of ['', '{}', '[1]']) expect(await read(text)).toMatchObject({ ok: false, code: 'malformed' });
});
