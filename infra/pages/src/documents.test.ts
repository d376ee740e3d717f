import { draft as draftShape, PublicDocument, type Site } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { renderContent } from './article.ts';
import { pageUrl, releaseDocument, repostDocument } from './documents.ts';

const site: Site = {
  siteId: 'province',
  name: '省税务局（示例）',
  level: 'province',
  speaksFor: [],
  baseUrl: 'https://tax.example/',
};
const draft = draftShape.parse({
  kind: 'rebuttal',
  title: '网传存款缴税不实',
  summary: '存款不缴税。',
  html: '<p>文</p>',
  rumor: { claim: '存款要缴税', seenWhere: 'https://rumor.example/1', verdict: 'false' },
  channels: ['newsroom'],
});
const contentHash = 'a'.repeat(64);
const postedAt = '2026-11-23T04:00:00.000Z';

it('a page stands at the address of its site, whether that ends with a slash or not', () => {
  expect(pageUrl(site, 'repost', 't')).toBe('https://tax.example/province/repost/t');
  expect(pageUrl({ ...site, baseUrl: 'https://tax.example' }, 'repost', 't')).toBe(
    'https://tax.example/province/repost/t',
  );
});

describe('a public document', () => {
  it('of a repost carries title, text and date of the source unaltered', () => {
    const source = {
      name: '总局',
      link: null,
      publication: { at: '2011-07-28T16:00:00.000Z', precision: 'day' as const, text: '2011-07-29' },
      firstSeenAt: postedAt,
    };
    const said = { title: '公告', html: '<p>文</p>', source };
    const document = repostDocument({ taskId: 't', site, column: '政策', version: 2, contentHash, postedAt, ...said });
    expect(PublicDocument.parse(document)).toMatchObject({ kind: 'repost', version: 2, ...said });
  });

  it('of a repost shows our own copies of its pictures and attachments, where there are any', () => {
    const [url, hash] = ['https://up.example/a.png?x=1&y=2', 'e'.repeat(64)];
    const kept = { url, name: '图', hash, bytes: 3, mediaType: 'image/png' };
    const unseen = { ...kept, url: 'https://up.example/elsewhere.png' };
    const source = {
      name: '总局',
      link: null,
      publication: { at: null, precision: 'none' as const, text: null },
      firstSeenAt: postedAt,
    };
    const html =
      '<p>文<img src="https://up.example/a.png?x=1&amp;y=2" /><a href="https://up.example/b.html">乙</a></p>';
    const parts = { taskId: 't', site, column: '政策', version: 1, contentHash, postedAt, title: '公告', html, source };
    const document = repostDocument({ ...parts, files: [kept, unseen] });
    expect(PublicDocument.parse(document)).toEqual(document);
    expect(document.html).toBe(
      `<p>文<img src="https://tax.example/province/repost/t/files/${hash}" /><a href="https://up.example/b.html">乙</a></p>`,
    );
    expect(document.files).toEqual([{ name: '图', hash, bytes: 3, mediaType: 'image/png' }]);
  });

  it('of a rebuttal carries the verdict, and never where the rumor was seen', () => {
    const document = releaseDocument({ releaseId: 'r', site, draft, contentHash, revision: 1, postedAt });
    expect(PublicDocument.parse(document)).toMatchObject({ verdict: 'false', column: '辟谣平台', source: null });
    expect(JSON.stringify(document)).not.toContain('rumor.example');
  });
});

it('a release shows its pictures, plays its recordings and offers its attachments, all under the address of its page', () => {
  const file = (letter: string, mediaType: string) => ({
    hash: letter.repeat(64),
    name: `${letter}件`,
    bytes: 2_048,
    mediaType,
  });
  const files = [file('a', 'image/png'), file('b', 'video/mp4'), file('c', 'application/pdf'), file('d', 'image/png')];
  const html = `<p>文字稿</p><img src="files/${'a'.repeat(64)}" alt="图" />`;
  const variants = { wechat: { html: `<img src="files/${'d'.repeat(64)}" alt="图" />` } };
  const written = { ...draft, kind: 'interpretation' as const, rumor: null, html, files, variants };
  const document = releaseDocument({ releaseId: 'r', site, draft: written, contentHash, revision: 1, postedAt });
  const url = 'https://tax.example/province/interpretation/r';
  expect(document.files.map(({ name }) => name)).toEqual(['a件', 'b件', 'c件']);
  const page = renderContent(PublicDocument.parse(document)).text;
  expect(page).toContain(`<img src="${url}/files/${'a'.repeat(64)}"`);
  expect(page).toMatch(new RegExp(`<video controls preload="none" src="${url}/files/b{64}"`));
  expect(page).toMatch(new RegExp(`附件[^]*${url}/files/c{64}">c件</a>（2 KB）`));
  expect(page).not.toContain('d'.repeat(64));
});
