import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { EditedText } from './blocks.ts';
import { isChanged, linesOf, withLineAfter, written, type Line } from './edit-lines.ts';

const html = '<p>一</p><ul><li>甲</li><li>乙</li></ul><p>打印</p>';
const open = () => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const root = document.createElement('div');
  root.innerHTML = html;
  return new EditedText(root as unknown as Element);
};
const start = linesOf(open().blocks);
const withWords = (lines: Line[], key: string, words: string) =>
  lines.map((line) => (line.key === key ? { ...line, words } : line));

describe('the lines on the screen', () => {
  it('change nothing until somebody writes', () => {
    expect(isChanged(start)).toBe(false);
    expect(isChanged(withLineAfter(start, 0, 'new'))).toBe(false);
    expect(written(open(), withLineAfter(start, 0, 'new'))).toBe(html);
  });
  it('become the text in their order, also where the line before was taken out', () => {
    const two = withLineAfter(withLineAfter(start, 0, 'x'), 1, 'y');
    const filled = withWords(withWords(two, 'x', '二'), 'y', '三').map((line) =>
      line.id === 0 || line.words === '打印' ? { ...line, gone: true } : line,
    );
    expect(isChanged(filled)).toBe(true);
    expect(written(open(), filled)).toBe('<p>二</p><p>三</p><ul><li>甲</li><li>乙</li></ul>');
  });
  it('put a new point behind a point', () => {
    expect(written(open(), withWords(withLineAfter(start, 1, 'x'), 'x', '甲二'))).toContain(
      '<li>甲</li><li>甲二</li><li>乙</li>',
    );
  });
});
