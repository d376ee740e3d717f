import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Html, html } from './html.ts';

it('text that is put into a page can neither open a tag nor leave an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '税', '/') }), (text) => {
      const page = html`<p title="${text}">${text}</p>`.text;
      const shown = page.slice('<p title="'.length, -'</p>'.length).split('">');
      expect(shown).toHaveLength(2);
      expect(shown.join('')).not.toMatch(/[<>"']/);
    }),
  );
});

it('markup that is known to be safe stays as it is, also in lists; nothing leaves nothing', () => {
  const cell = (text: string) => html`<b>${text}</b>`;
  expect(html`${['一', '&'].map(cell)}${new Html('<i></i>')}${null}${false}${0}`.text).toBe(
    '<b>一</b><b>&amp;</b><i></i>0',
  );
});
