import { decodeText } from '@tongsheng/web';
import { readList } from '../webpages/list.ts';
import { found, linkEntry, type SourceAdapter } from './source.ts';
import { websubOf } from './websub-links.ts';

/** An HTML page of links, read by CSS selectors. Most columns of tax sites and portals have nothing else. */
export const list: SourceAdapter = {
  kind: 'list',
  arrives: 'pull',
  accept: 'text/html, application/xhtml+xml, */*;q=0.5',
  textOnPages: true,

  read({ bytes, contentType, url, link }, { detector, zone, now }) {
    const { selectors } = detector;
    if (!selectors) return { ok: false, code: 'bad_selector', detail: 'the list has no selectors' };
    const { text, charset, replaced } = decodeText(bytes, contentType);
    const page = readList(text, { selectors, url, zone, now });
    if (!page.ok) return page;
    const skipped = page.skipped.map(({ text: row, code }) => ({ key: row, title: row, code, detail: row }));
    return found({
      title: page.title,
      entries: page.entries.map((each) => linkEntry({ ...each, updatedAt: null })),
      skipped,
      charset,
      replaced,
      next: page.next === null ? [] : [page.next],
      websub: websubOf(bytes, link, url),
    });
  },
};
