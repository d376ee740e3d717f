import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { EditedText } from './blocks.ts';

const open = (html: string) => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const root = document.createElement('div');
  root.innerHTML = html;
  return new EditedText(root as unknown as Element);
};
const words = (text: EditedText) => text.blocks.map((block) => block.words);
const article =
  '<h2>通知</h2><p>　　现将《<a href="https://a.example/1">办法</a>》印发，<strong>请遵照执行</strong>。</p><ul><li>一</li><li>二</li></ul>' +
  '<table><tbody><tr><td>税种</td><td>税率</td></tr></tbody></table><p><img src="https://a.example/1.png" alt="图"></p><p>打印 关闭</p>';

describe('a text that is edited line by line', () => {
  it('has a line for each block, whatever markup is in it', () => {
    expect(open(article).blocks.map(({ kind, words: said }) => [kind, said])).toEqual([
      ['heading', '通知'],
      ['text', '现将《办法》印发，请遵照执行。'],
      ['item', '一'],
      ['item', '二'],
      ['cell', '税种'],
      ['cell', '税率'],
      ['image', ''],
      ['text', '打印 关闭'],
    ]);
  });
  it('stays as it is where nothing is changed, to the last space', () => {
    const text = open(article);
    for (const { id, words: said } of text.blocks) text.write(id, said);
    expect(text.html).toBe(open(article).html);
  });
  it('keeps links and emphasis about the words that stay', () => {
    const text = open(article);
    text.write(1, '现将《新办法》印发给你们，请认真遵照执行。');
    expect(text.html).toContain('<strong>请认真遵照执行</strong>');
    expect(text.html).toContain('办法</a>》印发给你们，');
    expect(text.html).toContain('<a href="https://a.example/1">');
  });
  it('loses a line with what then holds nothing, but never a cell', () => {
    const text = open(article);
    for (const id of [2, 3, 4, 6, 7]) text.remove(id);
    expect(text.html).not.toMatch(/<ul>|<li>|<img|打印/);
    expect(text.html).toContain('<td></td><td>税率</td>');
  });
  it('gains a paragraph, or another point of a list', () => {
    const text = open(article);
    text.add(1, '特此通知。');
    text.add(3, '三');
    text.add(4, '');
    expect(text.html).toContain('</p><p>特此通知。</p><ul>');
    expect(text.html).toContain('<li>二</li><li>三</li>');
  });
  it('says afterwards what was written into it, in any markup and with characters beyond the basic plane', () => {
    const piece = fc.string({ unit: fc.constantFrom('税', '务', '𠮷', ' ', '　', 'a'), maxLength: 6 });
    const marked = fc
      .tuple(piece, piece, piece)
      .map(([a, b, c]) => `<p>${a}<a href="https://a.example/">${b}</a><strong>${c}</strong></p>`);
    fc.assert(
      fc.property(marked, piece, (html, said) => {
        const text = open(`${html}<p>末</p>`);
        fc.pre(text.blocks.length === 2);
        text.write(0, said);
        const wanted = said.replace(/[\s\u3000]+/gu, ' ').trim();
        expect(words(open(text.html))).toEqual([...(wanted ? [wanted] : []), '末']);
      }),
    );
  });
});
