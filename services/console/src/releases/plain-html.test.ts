import { expect, it } from 'vitest';
import { plainHtml } from './plain-html.ts';

it('what is there for the editor alone is not counted and not sent', () => {
  const table =
    '<table style="min-width: 50px"><colgroup><col style="min-width: 25px"><col></colgroup><tbody><tr><td colspan="1" rowspan="2"><p>税种</p></td></tr></tbody></table>';
  expect(plainHtml(table)).toBe('<table><tbody><tr><td rowspan="2"><p>税种</p></td></tr></tbody></table>');
  expect(plainHtml('<p>一<br>二</p><img src="files/a" alt="图">')).toBe(
    '<p>一<br />二</p><img src="files/a" alt="图" />',
  );
  const words = '<p>写 style=&quot;x&quot; 的文字 colspan=&quot;1&quot;</p>';
  expect(plainHtml(words)).toBe(words);
  expect(plainHtml(plainHtml(table))).toBe(plainHtml(table));
});
