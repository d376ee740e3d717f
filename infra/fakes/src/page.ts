import type { Page, Post } from './fake.ts';
import type { SetFault } from './faults.ts';

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const format = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });

/** What every page looks like: the one style element that its policy admits. */
export const style = `
body{font:15px/1.7 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0;color:#1c2733;background:#f6f7f9}
.fake{background:#7a3e00;color:#fff;padding:8px 20px;font-weight:bold;text-align:center}
main{max-width:880px;margin:0 auto;padding:0 20px 60px}
h1{font-size:24px;margin:24px 0 8px}h2{font-size:17px;margin:32px 0 8px}
article{background:#fff;border:1px solid #dde3ea;border-radius:6px;padding:16px;margin:0 0 12px;display:flex;gap:16px}
article img.cover{width:140px;height:92px;object-fit:cover;border-radius:4px;flex:none}
article h3{margin:0 0 4px;font-size:16px;overflow-wrap:anywhere}article p{margin:4px 0;overflow-wrap:anywhere;white-space:pre-line}
.state{display:inline-block;border:1px solid #7a8794;border-radius:10px;padding:0 10px;font-size:13px}
.quiet{color:#56626e;font-size:13px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}dt{color:#56626e}dd{margin:0;font-family:monospace;overflow-wrap:anywhere}
.body{background:#fff;border:1px solid #dde3ea;border-radius:6px;padding:16px 24px;overflow-wrap:anywhere}.body img{max-width:100%}
a{color:#0b5394}table{border-collapse:collapse}td,th{padding:2px 12px 2px 0;text-align:left;font-weight:normal}
`;

const frame = (title: string, body: string) => `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>${style}</style><body>${body}</body></html>`;

const notice =
  '<header class="fake">模拟平台：不是真的平台，也不与它相连，只供演示和测试 · A fake, not connected to the real platform</header>';

const shorten = (text: string) => (text.length > 240 ? `${text.slice(0, 240)}…` : text);

const describe = ({ title, text, cover, state, at, url }: Post) => {
  const shown = escape(title || shorten(text) || '（无标题）');
  return `<article>${cover ? `<img class="cover" src="${escape(cover)}" alt="封面">` : ''}<div>
<h3>${url ? `<a href="${escape(url)}">${shown}</a>` : shown}</h3>
<span class="state">${escape(state)}</span> <span class="quiet">${format.format(at)}</span>
${title && text ? `<p>${escape(shorten(text))}</p>` : ''}</div></article>`;
};

/** What a reader of the platform would see, newest first, and what one connects with. */
export function postsPage({
  name,
  kind,
  posts,
  access,
  faults,
}: {
  name: string;
  kind: string;
  posts: Post[];
  access: Record<string, string>;
  faults: readonly SetFault[];
}): string {
  const waiting = faults.filter(({ met, times }) => met < times);
  const newest = posts.toSorted((a, b) => b.at - a.at);
  const listOf = (some: Post[]) => some.slice(0, 100).map(describe).join('');
  const hidden = listOf(newest.filter(({ visible }) => !visible));
  return frame(
    name,
    `${notice}<main><h1>${escape(name)}</h1>
<p class="quiet"><a href="/">刷新</a></p>
<h2>读者看到的</h2>
${listOf(newest.filter(({ visible }) => visible)) || '<article><p>还没有收到任何内容。</p></article>'}
${hidden ? `<h2>读者看不到的</h2>${hidden}` : ''}
<h2>接入参数</h2><dl>${Object.entries(access)
      .map(([label, value]) => `<dt>${escape(label)}</dt><dd>${escape(value)}</dd>`)
      .join('')}</dl>
<h2>故障</h2>${
      waiting.length === 0
        ? '<p class="quiet">没有设置故障。</p>'
        : `<table>${waiting
            .map(
              ({ route, times, met, fault }) =>
                `<tr><td>${escape(route)}</td><td>${escape(fault.kind)}</td><td>还剩 ${times - met} 次</td></tr>`,
            )
            .join('')}</table>`
    }
<p class="quiet">设置：<code>POST /fake/faults {"kind":"drop","executed":true,"route":"*","times":1}</code>；全部记录：<a href="/fake/state">/fake/state</a>（${escape(kind)}）。</p></main>`,
  );
}

/** One post as the platform's own page of it. Its HTML was stripped on the way in. */
export const articlePage = (name: string, { title, html, note }: Page): string =>
  frame(
    `${title} - ${name}`,
    `${notice}<main><h1>${escape(title)}</h1>${note ? `<p class="quiet">${escape(note)}</p>` : ''}<div class="body">${html}</div>
<p><a href="/">${escape(name)}</a></p></main>`,
  );
