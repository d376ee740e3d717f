import { hashA, noon, samplePost } from '@tongsheng/test/support';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as fc from 'fast-check';
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

const line = { type: 'string' };
const moment = { type: 'string', format: 'date-time' };
const uri = { type: 'string', format: 'uri' };
const count = { type: 'integer', minimum: 0 };
/** An object that has nothing but what is named, and must have what is required. */
const only = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: object) => ({ type: 'array', items });
const spoken = { role: line, contentType: line, value: line };
const named = { name: line, rel: line, uri, literal: line };

/**
 * Our reading of what IPTC's schema of ninjs 3.1 (github.com/iptc/newsinjson, specification/ninjs-schema_3.1.json) demands of
 * the properties that are used here. It is not IPTC's text, which allows more of them; like it, it allows none that has no name.
 */
const used = only(
  {
    uri,
    type: { enum: ['text', 'audio', 'video', 'picture', 'graphic', 'composite', 'component', 'event', 'planning'] },
    representationType: { enum: ['full', 'partial'] },
    version: line,
    firstCreated: moment,
    versionCreated: moment,
    contentCreated: moment,
    pubStatus: { enum: ['usable', 'withheld', 'canceled'] },
    urgency: { type: 'integer', minimum: 1, maximum: 9 },
    copyrightHolder: line,
    edNote: line,
    language: line,
    headlines: listOf(only(spoken, ['value'])),
    descriptions: listOf(only(spoken, ['value'])),
    bodies: listOf(only({ ...spoken, charCount: count, wordCount: count }, ['value'])),
    renditions: listOf(only({ name: line, href: uri, contentType: line, title: line, sizeInBytes: count }, ['name'])),
    organisations: listOf(only(named)),
    subjects: listOf(only(named)),
    altIds: listOf(only({ role: line, value: line })),
    standard: only({ name: line, version: line, schema: uri }),
  },
  ['uri'],
);
const ajv = formats.default(new Ajv2020({ strict: true, allErrors: true }));
const holds = ajv.compile(used);

describe('a release as ninjs 3.1', () => {
  const read = (speaking: 'deliver' | 'amend' | 'recall') =>
    JSON.parse(newsPackage(parcel, speaking, 'ninjs', beside).body) as Record<string, unknown>;
  it('holds to what the standard demands, whatever people wrote and however it is spoken of', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const mediaType = fc.constantFrom('image/png', 'application/pdf');
    const file = fc.record({ hash: fc.constant(hashA), name: text, mediaType, bytes: fc.nat() });
    const parcels = fc.record({
      title: text,
      summary: text,
      siteName: text,
      site: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
      releaseId: fc.string({ minLength: 1, maxLength: 40 }).filter((id) => id.isWellFormed()),
      documentNumber: fc.option(text),
      kind: fc.constantFrom('press', 'rebuttal', 'response', 'interpretation', 'notice', 'policy'),
      rumor: fc.option(fc.record({ claim: text, verdict: fc.constantFrom('false', 'misleading') })),
      files: fc.array(file, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(parcels, fc.constantFrom('deliver', 'amend', 'recall'), (more, speaking) => {
        const { body } = newsPackage({ ...parcel, ...more } as Parcel, speaking, 'ninjs', beside);
        holds(JSON.parse(body));
        expect(holds.errors ?? []).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
  it('of a property that the standard does not name, or of another type, it would be noticed', () => {
    const good = read('deliver');
    for (const bad of [
      { invented: 1 },
      { urgency: 10 },
      { uri: 'no uri' },
      { versionCreated: '昨天' },
      { bodies: [{}] },
    ])
      expect(holds({ ...good, ...bad })).toBe(false);
  });
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
