import { describe, expect, it } from 'vitest';
import { readPasted, writeList } from './pasted-list.ts';

describe('a pasted list', () => {
  it('is read by tabs or by commas of either script, with its quotes', () => {
    const entries = [
      { word: '停征', severity: 'block', suggestion: '暂缓征收' },
      { word: '最,高级', severity: 'warn', suggestion: '' },
    ];
    expect(readPasted('sensitive', '停征\t禁用\t暂缓征收\n最,高级\t提示').entries).toEqual(entries);
    expect(readPasted('sensitive', '停征，禁用，暂缓征收\r\n"最,高级",warn,\n').entries).toEqual(entries);
  });
  it('takes a word alone for one that is forbidden', () => {
    expect(readPasted('sensitive', '\uFEFF停征\n\n').entries).toEqual([
      { word: '停征', severity: 'block', suggestion: '' },
    ]);
  });
  it('names the lines that it cannot read, and keeps the rest', () => {
    const { entries, wrong } = readPasted('leader', '王建国\t局长\t1\n李明\t副局长\t第二\n赵卫东');
    expect(entries).toEqual([{ name: '王建国', position: '局长', order: 1 }]);
    expect(wrong).toEqual([
      { line: 2, text: '李明\t副局长\t第二' },
      { line: 3, text: '赵卫东' },
    ]);
  });
  it('comes back as it was written', () => {
    const list = { kind: 'typo' as const, entries: [{ wrong: '帐户', right: '账户,或"户头"' }] };
    for (const separator of ['\t', ','])
      expect(readPasted('typo', writeList(list, separator)).entries).toEqual(list.entries);
  });
});
