import type { Condition, Rule } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { en as firstEn } from '../words/en.ts';
import type { Words } from '../words/index.ts';
import { roomsEn } from '../words/rooms-en.ts';
import { roomsZh } from '../words/rooms-zh.ts';
import { zh as firstZh } from '../words/zh.ts';
import { conditionInWords, conditionsInWords, conditionsOf } from './condition-words.ts';

const speaker =
  (catalogue: Words) =>
  (word: keyof Words, values: Record<string, string | number> = {}) =>
    catalogue[word].replace(/\{(\w+)\}/g, (_slot, name: string) => String(values[name]));
const zh = speaker({ ...firstZh, ...roomsZh });
const en = speaker({ ...firstEn, ...roomsEn });
const names: Record<string, string> = { national: '总局网站' };
const value = (_field: string, each: string) => names[each] ?? each;

const condition = (more: Partial<Condition>): Condition => ({
  field: 'title',
  op: 'includes',
  values: ['任免'],
  not: false,
  ...more,
});

describe('a condition', () => {
  it('is said as a person would say it', () => {
    expect(conditionInWords(condition({ values: ['任免', '任前公示'] }), zh, value)).toBe('标题含 任免 或 任前公示');
    expect(conditionInWords(condition({ values: ['ad', 'job'] }), en, value)).toBe('Title contains ad or job');
  });
  it('that must not hold says so', () => {
    const said = conditionInWords(
      condition({ field: 'document_number', op: 'begins', values: ['税总'], not: true }),
      zh,
      value,
    );
    expect(said).toBe('文号开头不是 税总');
  });
  it('names a source by its name', () => {
    expect(conditionInWords(condition({ field: 'source', op: 'is', values: ['national'] }), zh, value)).toBe(
      '来源是 总局网站',
    );
  });
});

describe('a rule', () => {
  const rule: Rule = {
    ruleId: 'r',
    name: '规则',
    order: 1,
    sources: ['national'],
    titleIncludes: ['公告'],
    conditions: [condition({ field: 'text', values: ['废止'], not: true })],
    effect: 'mandatory',
    sites: [],
    limit: 'PT12H',
    column: '税收政策',
    priority: 'normal',
    enabled: true,
  };
  it('says all that it asks for, whichever field it is kept in', () => {
    expect(conditionsInWords(conditionsOf(rule), zh, value)).toBe('来源是 总局网站，且 标题含 公告，且 正文不含 废止');
  });
  it('that asks for nothing takes everything', () => {
    expect(conditionsInWords([], zh, value)).toBe('所有稿件');
  });
});
