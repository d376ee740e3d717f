import { z } from 'zod';

/**
 * Lists that do not come as pages. jpage (`/module/web/jpage/dataproxy.jsp`) answers XML whose records are HTML; gkmlpt
 * (`/gkmlpt/api/all/0`) answers JSON. Both are made into the HTML rows that they stand for.
 */
export function pageOfCms(text: string): string | null {
  const start = text.trimStart().slice(0, 2_000);
  if (/<(datastore|recordset)\b/i.test(start)) return jpage(text);
  return start.startsWith('{') ? gkmlpt(text) : null;
}

const cdata = '<![CDATA[';

function jpage(text: string): string {
  const rows: string[] = [];
  for (let at = text.indexOf(cdata); at !== -1; at = text.indexOf(cdata, at)) {
    const end = text.indexOf(']]>', at);
    if (end === -1) break;
    rows.push(text.slice(at + cdata.length, end));
    at = end;
  }
  return `<html><body><ul class="jpage">${rows.map(asRow).join('')}</ul></body></html>`;
}

/** A table's row is none outside a table. */
const asRow = (html: string) =>
  /^\s*<(li|div)\b/i.test(html) ? html : `<li>${html.replaceAll(/<\/?t[rdh]\b[^>]{0,500}>/gi, ' ')}</li>`;

const Gkmlpt = z.object({
  articles: z.array(
    z.object({
      title: z.string(),
      url: z.string(),
      display_publish_time: z.union([z.string(), z.number()]).optional(),
      first_publish_time: z.union([z.string(), z.number()]).optional(),
      created_at: z.union([z.string(), z.number()]).optional(),
    }),
  ),
});

function gkmlpt(text: string): string | null {
  const parsed = Gkmlpt.safeParse(parse(text));
  if (!parsed.success) return null;
  const rows = parsed.data.articles.map(({ title, url, ...times }) => {
    const time = times.display_publish_time ?? times.first_publish_time ?? times.created_at ?? '';
    return `<li><a href="${escaped(url)}" title="${escaped(title)}">${escaped(title)}</a><time>${escaped(String(time))}</time></li>`;
  });
  return `<html><body><ul class="gkmlpt">${rows.join('')}</ul></body></html>`;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
