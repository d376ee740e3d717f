import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readDate } from './dates.ts';

const read = (text: string, zone = 'Asia/Shanghai') => {
  const { at, precision } = readDate(text, zone);
  return [at, precision];
};
const noon = '2026-11-23T04:00:00.000Z';

describe('a date with its own zone is that instant', () => {
  it.each([
    ['Mon, 23 Nov 2026 12:00:00 +0800', 'second'],
    ['Mon, 23 Nov 2026 04:00:00 GMT', 'second'],
    ['Mon, 23 Nov 2026 04:00:00 Z', 'second'],
    ['23 Nov 2026 12:00 CST', 'minute'],
    ['Sun, 22 Nov 26 23:00:00 EST', 'second'],
    ['Sun, 22 Nov 2026 22:00:00 CDT', 'second', '2026-11-23T03:00:00.000Z'],
    ['Sun, 22 Nov 2026 21:00:00 MST', 'second'],
    ['Sunday, 22-Nov-26 20:00:00 PST', 'second'],
    ['星期一, 23 Nov 2026 12:00:00 +0800', 'second'],
    ['2026-11-23T04:00:00Z', 'second'],
    ['2026-11-23T04:00:00.123456Z', 'second', '2026-11-23T04:00:00.123Z'],
    ['2026-11-22T23:00:00-05:00Z', 'second'],
    ['Sun, November 22, 2026 at 11:00 PM EST', 'minute'],
    ['Mon, 23 11 2026 05:00:00 +0100', 'second'],
    ['2026-11-23T12:00:00+08:00', 'second'],
    ['2026-11-23T12:00:00+0800', 'second'],
    ['2026-11-23T12:00+08', 'minute'],
    ['Mon Nov 23 04:00:00 UTC 2026', 'second'],
    ['Sun Nov 22 20:00:00 PST 2026', 'second'],
    ['Mon, Nov 23 2026 04:00:00 GMT', 'second'],
    ['November 23, 2026 4:00 AM GMT', 'minute'],
    ['Mon, 2026/11/22 23:00:00 EST', 'second'],
    ['23 Nov 2026 04:00 UT', 'minute'],
    ['Mon, 23 November 26 04:00:00 GMT', 'second'],
    ['Mon, 23 Nov 2026 12:00:00 GMT+8', 'second'],
    ['Mon, 23 Nov 2026 03:00:00 A', 'second'],
    ['Mon, 23 Nov 2026 05:00:00 N', 'second'],
    ['lun., 23 nov. 2026 04:00:00 +0000', 'second'],
    ['Δευ, 23 Νοέ 2026 06:00:00 +0200', 'second'],
    ['2026-november-23T5:00+01:00', 'minute'],
    ['Do, 23 Juli 2026 04:00:00 GMT', 'second', '2026-07-23T04:00:00.000Z'],
    ['20261123T040000Z', 'second'],
    ['2026-11-23 04:00:00 GMT', 'second'],
    ['2026-11-23T040000Z', 'second'],
    ['2026-327T04:00:00Z', 'second'],
    ['Mon, 23 Nov 2026 12:00:00 +0800 (CST)', 'second'],
    ['2026-11-23t04:00:00z', 'second'],
    ['2026-11-23T04Z', 'minute'],
    ['2026-11-23T12:00:00+08:00[Asia/Shanghai]', 'second'],
    ['2026-11-23 12:00 Asia/Shanghai', 'minute'],
    ['Sun, 22 Nov 2026 24:00:00 -0400', 'second'],
    ['Sun, 22 Nov 2026 8:00 PM PST', 'minute'],
    ['Mon, 23 Nov 2026 16:00 M', 'minute', '2026-11-24T04:00:00.000Z'],
    ['Sun, 22 Nov 2026 22:00:00 S', 'second', '2026-11-22T16:00:00.000Z'],
    ['23 novembre 2026 05:00 +0100', 'minute'],
    ['1795406400', 'second'],
    ['1795406400000', 'second'],
    ['1795406400007', 'second', '2026-11-23T04:00:00.007Z'],
  ])('%s', (text, precision, at = noon) => {
    expect(read(text, 'America/New_York')).toEqual([at, precision]);
  });
});

describe('a date in Korean is by Korea’s clock', () => {
  it.each(['2026년 11월 23일 13:00:00', '2026년 11월 23일  오후 1:00:00', '2026-11-23 오후 01:00:00'])('%s', (text) => {
    expect(read(text)).toEqual([noon, 'second']);
  });
});

it('a time in a zone that nobody knows may be half a day off: its day is taken', () => {
  expect(read('Mon, 23 Nov 2026 12:00:00 Foo')).toEqual(['2026-11-22T16:00:00.000Z', 'day']);
});

describe('a date without a zone is the source’s', () => {
  it.each([
    ['2026-11-23 12:00:00', 'second'],
    ['2026-11-23 12:00', 'minute'],
    ['2026/11/23 12:00:00', 'second'],
    ['2026.11.23 12:00', 'minute'],
    ['2026年11月23日 12:00', 'minute'],
    ['2026年11月23日12时00分', 'minute'],
    ['2026年11月23日12时', 'minute'],
    ['2026年11月23日 12时0分0秒', 'second'],
    ['发布时间：2026年11月23日 下午12:00', 'minute'],
    ['２０２６年１１月２３日　１２：００', 'minute'],
    ['2026-11-23 下午 12:00', 'minute'],
    ['2026年11月23日 星期一 12:00', 'minute'],
    ['[2026-11-23 12:00]', 'minute'],
    ['发布日期: 2026-11-23 12:00 来源：新华社', 'minute'],
    ['2026年11月23日 中午12点', 'minute'],
    ['2026年11月23日 星期一 12时', 'minute'],
    ['23-十一月-26 12:00', 'minute'],
    ['星期一, 23 十一月 2026 12:00', 'minute'],
    ['来源：办公厅 发布时间：2026-11-23 12:00', 'minute'],
    ['2026-11-23 12:00 浏览次数：12', 'minute'],
    ['〔2026-11-23 12:00〕', 'minute'],
    ['民国115年11月23日 12:00', 'minute'],
    ['二O二六年十一月二十三日 12:00', 'minute'],
    ['20261123 1200', 'minute'],
    ['26-11-23 12:00', 'minute'],
    ['2026-11-23T12:00:00.', 'second'],
    ['23.11.2026 12.00', 'minute'],
    ['2026年11月23日中午12时', 'minute'],
    ['11/23/2026 12:00 PM', 'minute'],
    ['23/11/2026 12:00', 'minute'],
    ['Mon, 11/23/2026 - 12:00', 'minute'],
    ['Monday, November 23, 2026 - 12:00pm', 'minute'],
    ['2026-11-23 - 12:00', 'minute'],
    ['Mon Nov 23 12:00:00 2026', 'second'],
    ['2026-11-23 12:00:00.0', 'second'],
    ['20261123120000', 'second'],
    ['202611231200', 'minute'],
    ['Mon, 23 Nov 2026 12:00:00', 'second'],
  ])('%s', (text, precision) => {
    expect(read(text)).toEqual([noon, precision]);
  });
  it('also where that is not China', () => {
    expect(read('2026-11-23 12:00', 'Europe/Berlin')).toEqual(['2026-11-23T11:00:00.000Z', 'minute']);
  });
  it('and noon and midnight are told apart', () => {
    expect(read('2026年11月23日 上午12:30')).toEqual(['2026-11-22T16:30:00.000Z', 'minute']);
    expect(read('2026年11月23日 下午3:05')).toEqual(['2026-11-23T07:05:00.000Z', 'minute']);
    expect(read('2026年11月23日 晚8点半')).toEqual(['2026-11-23T12:30:00.000Z', 'minute']);
  });
});

describe('a day stays a day', () => {
  it.each([
    '2026-11-23',
    '2026/11/23',
    '2026.11.23',
    '2026年11月23日',
    '二〇二六年十一月二十三日',
    '（2026-11-23）',
    '20261123',
    'Mon, 23 Nov 2026',
    '2026-327',
    'November 23, 2026',
    '23rd of November 2026',
    '2026-W48-1',
    '26-11-23',
    '261123',
    '26327',
    '11/23/26',
    'Mon, 23/11/2026',
    '2026-11-23 - 办公厅',
    '23 de noviembre de 2026',
  ])('%s', (text) => {
    expect(read(text)).toEqual(['2026-11-22T16:00:00.000Z', 'day']);
  });
});

describe('a month or a year is as vague as a day, and begins with its first', () => {
  it.each([
    ['2026-11', '2026-10-31T16:00:00.000Z'],
    ['2026年11月', '2026-10-31T16:00:00.000Z'],
    ['November 2026', '2026-10-31T16:00:00.000Z'],
    ['-2611', '2026-10-31T16:00:00.000Z'],
    ['2026', '2025-12-31T16:00:00.000Z'],
    ['2026年', '2025-12-31T16:00:00.000Z'],
  ])('%s', (text, at) => expect(read(text)).toEqual([at, 'day']));
});

describe('a date that only the moment of reading makes one', () => {
  const now = '2026-11-23T04:00:00.000Z';
  it.each([
    ['3小时前', '2026-11-23T01:00:00.000Z', 'minute'],
    ['5 分钟前', '2026-11-23T03:55:00.000Z', 'minute'],
    ['刚刚', now, 'minute'],
    ['3个小时前', '2026-11-23T01:00:00.000Z', 'minute'],
    ['半小时前', '2026-11-23T03:30:00.000Z', 'minute'],
    ['十分钟前', '2026-11-23T03:50:00.000Z', 'minute'],
    ['1周前', '2026-11-15T16:00:00.000Z', 'day'],
    ['今日 08:00', '2026-11-23T00:00:00.000Z', 'minute'],
    ['大前天', '2026-11-19T16:00:00.000Z', 'day'],
    ['--11-22', '2026-11-21T16:00:00.000Z', 'day'],
    ['2天前', '2026-11-20T16:00:00.000Z', 'day'],
    ['昨天 12:30', '2026-11-22T04:30:00.000Z', 'minute'],
    ['今天', '2026-11-22T16:00:00.000Z', 'day'],
    ['11-22', '2026-11-21T16:00:00.000Z', 'day'],
    ['12-31', '2025-12-30T16:00:00.000Z', 'day'],
    ['07月31日 09:30', '2026-07-31T01:30:00.000Z', 'minute'],
  ])('%s', (text, at, precision) => {
    expect(readDate(text, 'Asia/Shanghai', now)).toMatchObject({ at, precision });
    expect(readDate(text, 'Asia/Shanghai')).toMatchObject({ at: null });
  });
});

describe('what is no date is none, and its words are kept', () => {
  it.each([
    '昨天',
    '2026-13-01',
    '2026-02-30',
    '31 Foo 2026',
    '2026-11-23 25:00',
    '12',
    '不详',
    '0',
    '99999999',
    '0000-01-01',
    '0999-12-31',
  ])('%s', (text) => {
    expect(readDate(text, 'Asia/Shanghai')).toEqual({ at: null, precision: 'none', text });
  });
  it('nothing at all', () => {
    expect(readDate('  ', 'Asia/Shanghai')).toEqual({ at: null, precision: 'none', text: null });
  });
});

it('reads back every instant in the forms that feeds write', () => {
  const instants = fc.date({ min: new Date('1970-01-01'), max: new Date('2068-01-01'), noInvalidDate: true });
  const zones = fc.constantFrom('utc', 'Asia/Shanghai', 'America/New_York', 'Asia/Kolkata');
  fc.assert(
    fc.property(instants, zones, (date, zone) => {
      const time = DateTime.fromJSDate(date, { zone }).startOf('second');
      const forms = [time.toISO({ suppressMilliseconds: true }), time.toRFC2822(), time.toHTTP(), time.toISO()];
      for (const form of forms) expect(read(form!)[0]).toBe(time.toUTC().toISO());
    }),
  );
});

it('never throws and never takes long, whatever the words', () => {
  const pieces = fc.constantFrom(
    '2026',
    '年',
    '11',
    '-',
    '月',
    '日',
    ' ',
    ':',
    '12',
    'Nov',
    'Mon,',
    '+0800',
    '上午',
    'Z',
    '9'.repeat(50),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (words) => {
      const { at, precision } = readDate(words.join(''), 'Asia/Shanghai');
      expect(at === null).toBe(precision === 'none');
    }),
  );
  const began = performance.now();
  readDate(`2026${' '.repeat(100_000)}年`, 'Asia/Shanghai');
  readDate('1'.repeat(1_000_000), 'Asia/Shanghai');
  expect(performance.now() - began).toBeLessThan(1_000);
});
