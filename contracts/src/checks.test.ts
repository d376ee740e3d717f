import { describe, expect, it } from 'vitest';
import { check, checklist, checkedTexts, type Checklist } from './index.ts';

const list = (more: Record<string, unknown>): Checklist =>
  checklist.parse({ listId: 'l', site: '*', name: '词表', ...more });
const say = (text: string, ...lists: Checklist[]) => check([{ field: 'body', text }], lists, 'province');
const words = list({
  kind: 'sensitive',
  entries: [
    { word: '停征', suggestion: '暂缓征收' },
    { word: '停征个税', severity: 'warn' },
  ],
});

describe('a list of sensitive words', () => {
  it('is found in place, with what stands around it, what to write instead, and whether it is forbidden', () => {
    expect(say('有人说明年停征。', words)).toEqual([
      {
        kind: 'sensitive',
        listId: 'l',
        listName: '词表',
        field: 'body',
        start: 5,
        end: 7,
        found: '停征',
        before: '有人说明年',
        after: '。',
        why: 'word',
        severity: 'block',
        suggestion: '暂缓征收',
      },
    ]);
  });
  it('finds the longest word, and each as often as it stands there', () => {
    expect(say('停征个税，停征', words).map(({ found, severity }) => [found, severity])).toEqual([
      ['停征个税', 'warn'],
      ['停征', 'block'],
    ]);
  });
  it('speaks only at its site, and only while it is on', () => {
    expect(say('停征', { ...words, site: 'city' })).toEqual([]);
    expect(say('停征', { ...words, enabled: false })).toEqual([]);
  });
});

describe('a list of misspellings', () => {
  const typos = list({
    kind: 'typo',
    entries: [
      { wrong: '帐户', right: '账户' },
      { wrong: '截止', right: '截止日期' },
    ],
  });
  it('says how it is right, and nothing of what is right already', () => {
    expect(say('银行帐户，截止日期，截止今天', typos).map(({ found, suggestion }) => [found, suggestion])).toEqual([
      ['帐户', '账户'],
      ['截止', '截止日期'],
    ]);
  });
});

describe('a list of leaders', () => {
  const leaders = list({
    kind: 'leader',
    entries: [
      { name: '王建国', position: '局长', order: 1 },
      { name: '李明', position: '副局长', order: 2 },
      { name: '赵卫东', position: '总会计师', order: '3' },
    ],
  });
  const reasons = (text: string) => say(text, leaders).map(({ why, found, suggestion }) => [why, found, suggestion]);
  it('lets pass what is right', () => {
    expect(reasons('局长王建国、副局长李明出席。总会计师赵卫东主持。局长办公会召开。王建国指出……')).toEqual([]);
  });
  it('notices another’s position before a name', () => {
    expect(reasons('副局长王建国出席')).toEqual([['position', '副局长王建国', '局长王建国']]);
    expect(reasons('局长李明出席')).toEqual([['position', '局长李明', '副局长李明']]);
  });
  it('notices who is named before whom, within a sentence', () => {
    expect(reasons('李明、王建国出席')).toEqual([['order', '王建国', '王建国、李明']]);
    expect(reasons('李明出席。王建国讲话。')).toEqual([]);
  });
  it('notices a name that is written almost like its holder’s', () => {
    expect(reasons('局长王建囯出席')).toEqual([['name', '局长王建囯', '局长王建国']]);
    expect(reasons('局长王小平出席')).toEqual([]);
  });
});

describe('the texts of a draft', () => {
  it('are all that somebody may read, also what one channel alone gets', () => {
    const draft = {
      title: '标题',
      summary: '',
      html: '<p>正文</p>',
      rumor: null,
      variants: { weibo: { title: '短标题', html: '<p>短文</p>' } },
    } as never;
    expect(checkedTexts(draft, (html) => html.replace(/<[^>]*>/g, ''))).toEqual([
      { field: 'title', text: '标题' },
      { field: 'body', text: '正文' },
      { field: 'variant/weibo/title', text: '短标题' },
      { field: 'variant/weibo/body', text: '短文' },
    ]);
  });
});

it('ten thousand words are looked for in a text of twenty thousand characters, and all that stand there are found', () => {
  const hanzi = (i: number) => String.fromCodePoint(0x4e00 + (i % 20_000));
  const entries = Array.from({ length: 10_000 }, (_, i) => ({ word: hanzi(i * 7) + hanzi(i * 13 + 5) + hanzi(i) }));
  const planted = entries.filter((_, i) => i % 100 === 0).map(({ word }) => word);
  const text = planted.map((word) => `${'税'.repeat(197)}${word}`).join('');
  const found = say(text, list({ kind: 'sensitive', entries })).map((each) => each.found);
  expect(text).toHaveLength(20_000);
  expect(found).toEqual(planted);
});
