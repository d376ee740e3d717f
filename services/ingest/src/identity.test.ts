import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOfKey, keysOf, withoutSharedKeys } from './identity.ts';

const entry = (id: string | null, link: string | null, title = '公告') => ({ id, link, title, documentNumber: null });
const keys = (id: string | null, link: string | null) => keysOf(entry(id, link), () => '正文');
const page = 'https://www.upstream.example/zc/1.html';

describe('an entry is known by', () => {
  it('its id first, and by its link as well', () => {
    expect(keys('c5201', page)).toEqual(['c5201', 'upstream.example/zc/1.html']);
  });
  it('one key where its id is its link, in whichever spelling', () => {
    expect(keys(page, 'http://upstream.example/zc/1.html?utm_source=rss#top')).toEqual(['upstream.example/zc/1.html']);
  });
  it('its document number where it has neither, and by its words where it has nothing', () => {
    const numbered = { ...entry(null, null), documentNumber: '税总发〔2017〕84号' };
    expect(keysOf(numbered, () => '')).toEqual(['税总发〔2017〕84号']);
    const [words] = keys(null, null);
    expect(words).toMatch(/^[0-9a-f]{64}$/);
    expect(keysOf(entry(null, null), () => '别的')).not.toEqual([words]);
  });
  it('never its date, and within its source', () => {
    expect(idOfKey('a', 'key')).not.toBe(idOfKey('b', 'key'));
    expect(idOfKey('a', 'key')).toMatch(/^[0-9a-f]{24}$/);
  });
});

describe('what entries of several pages share in one document', () => {
  const [a, b] = ['https://upstream.example/a', 'https://upstream.example/b'];
  const ids = (...entries: ReturnType<typeof entry>[]) => withoutSharedKeys(entries).map(({ id }) => id);
  it('names none of them', () => {
    expect(ids(entry('0', a), entry('0', b), entry('1', b))).toEqual([null, null, '1']);
  });
  it('names the page that they are all about', () => {
    expect(ids(entry('0', a), entry('0', a, '旧题'))).toEqual(['0', '0']);
  });
  it('loses none of those that have no link: their words tell them apart', () => {
    expect(ids(entry('0', null, '甲'), entry('0', null, '乙'))).toEqual([null, null]);
    expect(ids(entry('0', null, '甲'), entry('0', null, '甲'))).toEqual(['0', '0']);
  });
  it('is no link when it is where everything points', () => {
    const home = 'https://upstream.example/';
    const links = withoutSharedKeys(['1', '2', '3', '4'].map((id) => entry(id, home, id))).map(({ link }) => link);
    expect(links).toEqual([null, null, null, null]);
  });
});

it('different documents never collide, whatever their ids and links are', () => {
  const anyEntry = fc.record({
    id: fc.option(fc.constantFrom('1', '2', 'urn:3')),
    link: fc.option(fc.constantFrom('https://a.example/1', 'https://a.example/2')),
    title: fc.constantFrom('甲', '乙', '丙'),
    documentNumber: fc.constant(null),
  });
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 6 }), (entries) => {
      for (const each of withoutSharedKeys(entries)) {
        for (const other of withoutSharedKeys(entries)) {
          const shared = keysOf(each, () => '').some((key) => keysOf(other, () => '').includes(key));
          // Of two without a link, only the same title is the same document.
          if (shared && each.link === null && other.link === null) expect(each.title).toBe(other.title);
        }
      }
    }),
  );
});
