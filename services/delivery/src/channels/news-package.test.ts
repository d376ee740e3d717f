import { hashA, noon, samplePost } from '@tongsheng/test/support';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { Parcel } from './channel.ts';
import { newsPackage } from './news-package.ts';
import { pemOf } from './remote-folder.ts';

const parcel: Parcel = {
  ...samplePost,
  documentNumber: '公告2026年第1号',
  html: `<p>正文<img src="files/${hashA}" alt="" /></p>`,
  files: [{ hash: hashA, name: '图 & 表.png', mediaType: 'image/png', bytes: 9 }],
};
const beside = new Map([[hashA, 'release-a.png']]);

/** Every property that ninjs 3.1 names and that is used here, and those of its parts; its schema allows no other. */
const known = {
  '': 'uri type representationType version firstCreated versionCreated contentCreated pubStatus urgency copyrightHolder edNote language headlines descriptions bodies renditions organisations subjects altIds standard',
  headlines: 'role contentType value',
  descriptions: 'role contentType value',
  bodies: 'role contentType charCount wordCount value',
  renditions: 'name href contentType title sizeInBytes',
  organisations: 'name rel uri literal',
  subjects: 'name rel uri literal',
  altIds: 'role value',
  standard: 'name version schema',
};

describe('a release as ninjs 3.1', () => {
  const read = (speaking: 'deliver' | 'amend' | 'recall') =>
    JSON.parse(newsPackage(parcel, speaking, 'ninjs', beside).body) as Record<string, unknown>;
  it.each(['deliver', 'amend', 'recall'] as const)(
    'has no property that the standard does not name, to %s',
    (speaking) => {
      const news = read(speaking);
      const check = (value: unknown, names: string) =>
        expect(names.split(' ')).toEqual(expect.arrayContaining(Object.keys(value as object)));
      check(news, known['']);
      for (const [name, names] of Object.entries(known))
        for (const each of [news[name] ?? []].flat()) check(each, names);
    },
  );
  it('is identified by its release and the moment of its signature', () => {
    expect(read('deliver')).toMatchObject({
      uri: 'urn:tongsheng:province:release',
      version: String(Date.parse(noon) / 1_000),
      type: 'text',
      pubStatus: 'usable',
      urgency: 1,
      versionCreated: noon,
      headlines: [{ value: samplePost.title }],
      renditions: [{ name: 'release-a.png', contentType: 'image/png', title: '图 & 表.png', sizeInBytes: 9 }],
      altIds: [{ value: samplePost.url }, { value: '公告2026年第1号' }],
      standard: { name: 'ninjs', version: '3.1' },
    });
    expect(newsPackage(parcel, 'deliver', 'ninjs', beside)).toEqual(newsPackage(parcel, 'deliver', 'ninjs', beside));
  });
  it('says what was found with what was said, and shows the picture that lies beside it', () => {
    const [marked, plain] = read('deliver')['bodies'] as { value: string; charCount?: number }[];
    expect(marked!.value).toContain('<p>结论：不实信息</p>');
    expect(marked!.value).toContain('<img src="release-a.png"');
    expect(plain!.value).toContain('结论：不实信息');
    expect(plain!.charCount).toBe([...plain!.value].length);
  });
  it('of a withdrawal is a later version with nothing in it', () => {
    const news = read('recall');
    expect(news).toMatchObject({ pubStatus: 'canceled', edNote: expect.stringContaining('撤回') });
    expect(news).not.toHaveProperty('bodies');
    expect(Number(news['version'])).toBe(Date.parse(noon) / 1_000 + 1);
  });
});

describe('a release as NewsML-G2', () => {
  /** The elements by their path, with their text. @throws where it is not XML */
  function read(speaking: 'deliver' | 'amend' | 'recall', of = parcel): Map<string, string> {
    const found = new Map<string, string>();
    const open: string[] = [];
    const parser = new SaxesParser({ xmlns: true });
    parser.on('opentag', ({ local, attributes }) => {
      open.push(local);
      const path = open.slice(1).join('/');
      found.set(path, '');
      for (const [name, { value }] of Object.entries(attributes)) found.set(`${path}@${name}`, value);
    });
    parser.on('text', (text) => {
      const path = open.slice(1).join('/');
      found.set(path, (found.get(path) ?? '') + text);
    });
    parser.on('closetag', () => void open.pop());
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(newsPackage(of, speaking, 'newsml', beside).body).close();
    return found;
  }
  const item = 'itemSet/newsItem';

  it('is well-formed, whatever a title holds, and says the same as the other format', () => {
    const odd = { ...parcel, title: `]]> & <b> "\u0008” \uD800` };
    const news = read('deliver', odd);
    expect(news.get(`${item}@guid`)).toBe('urn:tongsheng:province:release');
    expect(news.get(`${item}@version`)).toBe(String(Date.parse(noon) / 1_000));
    expect(news.get(`${item}/contentMeta/headline`)).toBe(']]> & <b> "” \uFFFD');
    expect(news.get(`${item}/contentMeta/urgency`)).toBe('1');
    expect(news.get(`${item}/itemMeta/pubStatus@qcode`)).toBe('stat:usable');
    expect(news.get(`${item}/itemMeta/link@href`)).toBe(samplePost.url);
    expect(news.get(`${item}/contentSet/remoteContent@href`)).toBe('release-a.png');
    expect(news.get(`${item}/contentSet/inlineData`)).toContain('结论：不实信息');
  });
  it('signals a correction, and a withdrawal has nothing in it', () => {
    expect(read('amend').get(`${item}/itemMeta/signal@qcode`)).toBe('sig:correction');
    const recalled = read('recall');
    expect(recalled.get(`${item}/itemMeta/pubStatus@qcode`)).toBe('stat:canceled');
    expect([...recalled.keys()].filter((path) => path.includes('contentSet'))).toEqual([]);
  });
  it('has the same bytes at every attempt', () => {
    const later = { ...parcel, attemptedAt: '2026-11-24T04:00:00.000Z' };
    expect(newsPackage(later, 'deliver', 'newsml', beside)).toEqual(newsPackage(parcel, 'deliver', 'newsml', beside));
  });
});

it('line ends of a key that a form has lost are put back', () => {
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'A'.repeat(64)}\n${'B'.repeat(20)}==\n-----END OPENSSH PRIVATE KEY-----\n`;
  expect(pemOf(key.replaceAll('\n', ''))).toBe(key);
  expect(pemOf(key.replaceAll('\n', ' '))).toBe(key);
  expect(pemOf(key + key)).toBe(key + key);
});
