import { textOf } from '@tongsheng/web';

/** Shorter lines stand on any page. */
const telling = 12;
/** Offices change titles and shorten; half of what was sent is still that. */
const enough = 0.5;

const bare = (text: string) => text.replaceAll(/[\s\p{P}]+/gu, '');

/** Whether a page of another house shows a release: by its title, or by enough of its lines. @throws TooDeep */
export function isShownOn(page: string, { title, html }: { title: string; html: string }): boolean {
  const shown = bare(textOf(page));
  const name = bare(title);
  if (name.length > 0 && shown.includes(name)) return true;
  const lines = textOf(html)
    .split('\n')
    .map(bare)
    .filter(({ length }) => length >= telling);
  if (lines.length === 0) return false;
  return lines.filter((line) => shown.includes(line)).length / lines.length >= enough;
}
