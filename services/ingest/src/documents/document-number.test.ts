import { describe, expect, it } from 'vitest';
import { documentNumberOf, readDocumentNumbers } from './document-number.ts';

describe('a document number is one, however it is typed', () => {
  it.each([
    '税总发〔2017〕84号',
    '税总发［2017］84号',
    '税总发[2017]84号',
    '税总发（2017）84号',
    '税总发(2017) 84 号',
    '税总发【2017】84号',
    '税总发〔２０１７〕８４号',
    '税总发 〔2017〕 第84号',
    '税总发〔2017〕084号',
    '根据税总发〔2017〕84号',
  ])('%s', (text) => {
    expect(readDocumentNumbers(text)).toEqual([{ code: '税总发', year: 2017, number: 84, text: '税总发〔2017〕84号' }]);
  });
  it.each([
    ['国家税务总局公告2017年第11号', '国家税务总局公告2017年第11号'],
    ['国家税务总局公告 2017 年第 11 号', '国家税务总局公告2017年第11号'],
    ['财政部 税务总局公告2023年第12号', '财政部税务总局公告2023年第12号'],
    ['国家税务总局令第42号', '国家税务总局令第42号'],
    ['中华人民共和国主席令第六十三号', '中华人民共和国主席令第63号'],
    ['财税〔2016〕36号', '财税〔2016〕36号'],
    ['国办函〔2019〕19号', '国办函〔2019〕19号'],
    ['税总发〔2017〕84-86号', '税总发〔2017〕84号'],
  ])('%s', (text, canonical) => {
    expect(readDocumentNumbers(text).map((each) => each.text)).toEqual([canonical]);
  });
  it('several in a text are all found, each once', () => {
    const text = '根据《通知》（财税〔2016〕36号）和国家税务总局公告2017年第11号，以及财税（2016）36号的规定';
    expect(readDocumentNumbers(text).map((each) => each.text)).toEqual([
      '财税〔2016〕36号',
      '国家税务总局公告2017年第11号',
    ]);
  });
  it.each(['2017年', '第3号楼', 'GB/T 1234-2017', '热线12366', '2017年84号', '第一号', ''])('%s is none', (text) => {
    expect(readDocumentNumbers(text)).toEqual([]);
  });
});

describe('a document’s own number', () => {
  const own = (title: string, more = {}) => documentNumberOf(title, more)?.text ?? null;
  it('is what its site says', () => {
    expect(own('关于优化服务的通知', { labelled: '税总发〔2017〕84号' })).toBe('税总发〔2017〕84号');
  });
  it('stands at the end of its title, or by itself under it', () => {
    expect(own('关于优化服务的通知（税总发〔2017〕84号）')).toBe('税总发〔2017〕84号');
    expect(own('国家税务总局公告2017年第11号')).toBe('国家税务总局公告2017年第11号');
    expect(own('关于优化服务的通知', { text: '关于优化服务的通知\n税总发〔2017〕84号\n各省税务局：' })).toBe(
      '税总发〔2017〕84号',
    );
    expect(own('关于优化服务的公告', { text: '（国家税务总局公告2017年第11号）\n正文' })).toBe(
      '国家税务总局公告2017年第11号',
    );
  });
  it('is not one that it speaks about', () => {
    expect(own('关于《国家税务总局关于服务的通知》（税总发〔2017〕84号）的解读')).toBeNull();
    expect(own('关于《国家税务总局公告2017年第11号》的政策解读')).toBeNull();
    expect(
      own('关于废止税总发〔2017〕84号文件部分条款的公告', { text: '现将税总发〔2017〕84号等文件的部分条款予以废止。' }),
    ).toBeNull();
  });
});
