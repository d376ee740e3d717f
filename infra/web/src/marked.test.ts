import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from './html.ts';
import { markHtml } from './marked.ts';

const marking = (html: string, word: string) => {
  const start = textOf(html).indexOf(word);
  return markHtml(html, [{ start, end: start + word.length }]);
};

describe('a passage of a text', () => {
  it('is marked where it stands', () => {
    expect(marking('<p>有人说明年停征个税。</p>', '停征')).toBe('<p>有人说明年<mark>停征</mark>个税。</p>');
  });
  it('is marked in parts where tags lie within it, and never across one', () => {
    expect(marking('<p>明年<b>停</b>征</p>', '停征')).toBe('<p>明年<b><mark>停</mark></b><mark>征</mark></p>');
  });
  it('is found behind entities, spaces and other blocks', () => {
    expect(marking('<h2>税&amp;费</h2>\n<p> 一  二&nbsp;停征</p>', '停征')).toBe(
      '<h2>税&amp;费</h2>\n<p> 一  二&nbsp;<mark>停征</mark></p>',
    );
    expect(marking('<p>税&amp;费</p>', '&')).toBe('<p>税<mark>&amp;</mark>费</p>');
  });
  it('is not marked twice where two lists speak of it', () => {
    expect(
      markHtml('<p>停征</p>', [
        { start: 0, end: 2 },
        { start: 0, end: 1 },
      ]),
    ).toBe('<p><mark>停征</mark></p>');
  });
});

it('marks leave the text as it was, whatever is marked in whichever HTML', () => {
  const bit = fc.constantFrom(
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    '税',
    '费',
    ' ',
    '\n',
    '&amp;',
    '&nbsp;',
    '<br>',
    '<img alt="x">',
  );
  fc.assert(
    fc.property(
      fc.array(bit, { maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(20), fc.nat(6)), { maxLength: 4 }),
      (bits, cuts) => {
        const html = bits.join('');
        const marked = markHtml(
          html,
          cuts.map(([start, length]) => ({ start, end: start + length })),
        );
        expect(textOf(marked)).toBe(textOf(html));
        expect(marked.replace(/<\/?mark>/g, '')).toBe(html);
      },
    ),
  );
});
