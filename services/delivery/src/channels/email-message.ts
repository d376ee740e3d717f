import type { Letter } from '@tongsheng/mail';
import { Html, html, kindWords, showTime } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import type { Parcel } from './channel.ts';
import { rumorWords } from './notice-text.ts';

/**
 * The mail of a release. Everything in it comes from what was signed, so that a second copy is the same to the byte
 * and a reader's mailbox can tell by its Message-ID.
 */
export function letterOf(parcel: Parcel, { from, to }: { from: string; to: string[] }): Letter {
  const { deliveryId, contentHash, kind, title, siteName, signedAt } = parcel;
  const [only] = to;
  return {
    name: `${deliveryId}.${contentHash.slice(0, 8)}`,
    at: signedAt,
    from: { name: siteName, address: from },
    // One newsroom is not told which others were written to: several are blind copies of a mail to ourselves.
    to: to.length === 1 && only ? only : { name: siteName, address: from },
    subject: `【${kindWords[kind]}】${title}`,
    text: plain(parcel),
    html: page(parcel).text,
    headers: { 'X-Tongsheng-Delivery': deliveryId, 'X-Tongsheng-Content': contentHash },
  };
}

function plain({ title, summary, html: body, rumor, url, siteName, signedAt }: Parcel): string {
  const parts = [
    title,
    rumor && `网传：${rumor.claim}\n结论：${rumorWords[rumor.verdict]}`,
    summary,
    textOf(body),
    `发布单位：${siteName}\n签发时间：${showTime(signedAt)}（北京时间）\n原文链接：${url}`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function page({ title, summary, html: body, rumor, url, siteName, signedAt }: Parcel): Html {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
      </head>
      <body>
        <h1>${title}</h1>
        ${rumor && html`<p><strong>网传：</strong>${rumor.claim}<br /><strong>结论：</strong>${rumorWords[rumor.verdict]}</p>`}
        ${summary && html`<p><em>${summary}</em></p>`} ${new Html(body)}
        <hr />
        <p>
          发布单位：${siteName}<br />签发时间：${showTime(signedAt)}（北京时间）<br />原文链接：<a href="${url}"
            >${url}</a
          >
        </p>
      </body>
    </html> `;
}
