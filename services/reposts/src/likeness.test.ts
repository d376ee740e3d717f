import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Member } from '@tongsheng/contracts';
import { noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alike,
  canBeSame,
  distance,
  explainedTitles,
  isSure,
  keysOf,
  kindOf,
  plainTitle,
  printOf,
  signalsOf,
} from './likeness.ts';

const member = (more: Partial<Member> = {}): Member => ({
  itemId: 'a',
  sourceId: 'national',
  sourceName: '总局',
  title: '国家税务总局关于优化纳税服务的公告',
  link: 'https://x.example/1.html',
  documentNumber: null,
  issuer: null,
  kind: 'policy',
  firstSeenAt: noon,
  print: null,
  ...more,
});

describe('the sort of a publication', () => {
  it.each([
    ['关于《国家税务总局关于优化纳税服务的公告》的解读', null, 'interpretation'],
    ['一图读懂：个人所得税专项附加扣除', null, 'interpretation'],
    ['国家税务总局关于优化纳税服务的公告', null, 'policy'],
    ['山东省税费保障条例（2024年修订）', null, 'policy'],
    ['关于做好有关工作', '税总发〔2026〕84号', 'policy'],
    ['2026年度政府采购意向公示', null, 'notice'],
    ['全省税务工作会议在济南召开', null, 'news'],
  ])('%s', (title, documentNumber, kind) => {
    expect(kindOf({ title, documentNumber })).toBe(kind);
  });
});

describe('the same policy', () => {
  it('is found by its number, its address and its title, the surest first', () => {
    expect(keysOf(member({ documentNumber: '税总发〔2026〕84号' })).map(({ key }) => key)).toEqual([
      'number:税总发〔2026〕84号',
      'link:https://x.example/1.html',
      'title:国家税务总局关于优化纳税服务的公告',
    ]);
  });
  it('is not found by a title that many have', () => {
    expect(keysOf(member({ title: '图片新闻', link: null }))).toEqual([]);
  });
  it('has one title, however it is typeset', () => {
    expect(plainTitle('关于 “优化服务”的公告 （试行）')).toBe(plainTitle('关于"优化服务"的公告(试行)'));
  });
  it('is never a document of another number or issuer, nor its own interpretation', () => {
    const one = member({ documentNumber: '税总发〔2026〕84号', issuer: '国家税务总局' });
    expect(canBeSame(one, member())).toBe(true);
    expect(canBeSame(one, member({ documentNumber: '税总发〔2025〕84号' }))).toBe(false);
    expect(canBeSame(one, member({ issuer: '财政部' }))).toBe(false);
    expect(canBeSame(one, member({ kind: 'interpretation' }))).toBe(false);
  });
  it('is not taken from a number alone, which may only be cited', () => {
    const number = [{ signal: 'document_number' as const, detail: '税总发〔2026〕84号' }];
    const one = member({ documentNumber: '税总发〔2026〕84号' });
    expect(isSure(one, member({ title: '关于优化纳税服务的公告' }), number)).toBe(true);
    expect(isSure(one, member({ title: '全省税务工作会议在济南召开' }), number)).toBe(false);
    expect(
      isSure(one, member({ title: '转发通知' }), [...number, { signal: 'link', detail: 'https://x.example' }]),
    ).toBe(true);
    expect(
      isSure({ ...one, print: '00ff00ff00ff00ff' }, member({ title: '转发', print: '00ff00ff00ff00fe' }), number),
    ).toBe(true);
  });
  it('is offered to a person where it is only likely', () => {
    const one = member({ title: '国家税务总局关于优化纳税服务的公告' });
    expect(signalsOf(one, member({ title: '关于优化纳税服务的公告' }))).toMatchObject([{ signal: 'title' }]);
    expect(signalsOf(one, member({ title: '全省税务工作会议在济南召开' }))).toEqual([]);
    expect(signalsOf(one, member({ title: '关于优化纳税服务的公告', issuer: '财政部' }))).toHaveLength(1);
    expect(signalsOf({ ...one, issuer: '国家税务总局' }, member({ issuer: '财政部' }))).toEqual([]);
  });
  it('is named by what explains it', () => {
    expect(explainedTitles('关于《国家税务总局关于优化纳税服务的公告》的政策解读')).toEqual([
      '国家税务总局关于优化纳税服务的公告',
    ]);
    expect(explainedTitles('关于《公告》的解读')).toEqual([]);
  });
});

describe('the fingerprint of a text', () => {
  const samples = join(import.meta.dirname, '../../../infra/local/samples/documents.jsonl.gz');
  const documents = gunzipSync(readFileSync(samples))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { title: string; body: string });
  const prints = documents.map(({ body }) => printOf(body)!);

  it('hardly changes with what sites put around a text, and with slips in it', () => {
    const frame = (body: string) =>
      `发布时间：2026-11-23 09:30 来源：办公厅 字号：大 中 小 打印本页\n${body}\n扫一扫在手机打开当前页 关闭窗口`;
    const slips = (body: string) => [...body].map((char, i) => (i % 100 === 50 ? '某' : char)).join('');
    for (const change of [frame, slips]) {
      const distances = documents.map(({ body }, i) => distance(prints[i]!, printOf(change(body))!));
      expect(Math.max(...distances)).toBeLessThanOrEqual(alike);
    }
  });
  it('tells real documents apart, except versions of one law', () => {
    const close = documents.flatMap(({ title }, i) =>
      documents.flatMap((other, j) =>
        j > i && distance(prints[i]!, prints[j]!) <= alike ? [[title, other.title]] : [],
      ),
    );
    for (const [title, other] of close) expect(title).toBe(other);
    expect(documents.length).toBeGreaterThan(60);
  });
  it('is not taken of too little text', () => {
    expect(printOf('税'.repeat(199))).toBeNull();
  });
  it('is a distance: none to itself, the same both ways, never more than its bits', () => {
    const hex = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => bits.toString(16).padStart(16, '0'));
    fc.assert(
      fc.property(hex, hex, (a, b) => {
        expect(distance(a, a)).toBe(0);
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b)).toBe((BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length);
      }),
    );
  });
});
