import type { Letter } from '@tongsheng/mail';
import { Html, html, kindWords, showTime } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import type { Parcel } from './channel.ts';
import { rumorWords } from './notice-text.ts';

type Addresses = { from: string; to: string[] };

/**
 * The mail of a release. Everything in it comes from what was signed, so that a second copy is the same to the byte
 * and a reader's mailbox can tell by its Message-ID.
 */
export function letterOf(parcel: Parcel, { from, to }: Addresses, opening: readonly string[] = []): Letter {
  const { deliveryId, contentHash, kind, title, siteName, signedAt, embargo } = parcel;
  const [only] = to;
  return {
    name: nameOf(parcel),
    at: signedAt,
    from: { name: siteName, address: from },
    // One newsroom is not told which others were written to: several are blind copies of a mail to ourselves.
    to: to.length === 1 && only ? only : { name: siteName, address: from },
    subject: `${embargo ? `【提前供稿 ${showTime(embargo.until)} 前不得发布】` : ''}【${kindWords[kind]}】${title}`,
    text: plain(parcel, opening),
    html: page(parcel, opening).text,
    headers: { 'X-Tongsheng-Delivery': deliveryId, 'X-Tongsheng-Content': contentHash },
  };
}

const nameOf = ({ deliveryId, contentHash }: Parcel): string => `${deliveryId}.${contentHash.slice(0, 8)}`;

/** In the thread of the mail that it is about (RFC 5322 3.6.4). */
const after = (parcel: Parcel) => {
  const id = `<${nameOf(parcel)}@tongsheng>`;
  return { 'In-Reply-To': id, References: id };
};

/** The new version whole, with what is different before it. */
export function correctionOf(parcel: Parcel, before: Parcel, addresses: Addresses): Letter {
  const words = `更正：${parcel.note ?? '此前发出的内容有更正，以本件为准。'}`;
  const letter = letterOf(parcel, addresses, [words, '请以本件替换此前发出的版本。']);
  return { ...letter, subject: `【更正】${letter.subject}`, headers: { ...letter.headers, ...after(before) } };
}

/** Only that it is taken back: of the text nothing is said once more. */
export function withdrawalOf(parcel: Parcel, before: Parcel, addresses: Addresses): Letter {
  const { title, siteName, url, note } = parcel;
  const letter = letterOf(parcel, addresses);
  const words = [`${siteName}撤回《${title}》，请停止使用，已经刊发的请撤下。`, ...(note ? [`原因：${note}`] : [])];
  const link = `页面地址：${url}`;
  return {
    ...letter,
    subject: `【撤回】${letter.subject}`,
    text: `${[...words, link].join('\n')}\n`,
    html: html`<!doctype html>
      <html lang="zh-CN">
        <head>
          <meta charset="utf-8" />
          <title>${title}</title>
        </head>
        <body>
          ${[...words, link].map((line) => html`<p>${line}</p>`)}
        </body>
      </html>`.text,
    headers: { ...letter.headers, ...after(before) },
  };
}

function plain(parcel: Parcel, opening: readonly string[]): string {
  const { title, summary, html: body, rumor, url, siteName, signedAt } = parcel;
  const notice = embargoNotice(parcel);
  const parts = [
    notice,
    ...opening,
    title,
    rumor && `网传：${rumor.claim}\n结论：${rumorWords[rumor.verdict]}`,
    summary,
    textOf(body),
    notice,
    `发布单位：${siteName}\n签发时间：${showTime(signedAt)}（北京时间）\n原文链接：${url}`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Whose copy it is, and until when it binds them: above and below the text, so that no part of it stands without. */
function embargoNotice({ embargo, deliveryId, siteName }: Parcel): string | null {
  if (!embargo) return null;
  const { until, name } = embargo;
  return `【提前供稿，限时保密】本稿供${name}提前准备，${showTime(until)}（北京时间）前不得以任何形式公开、转发、引用或摘编。到点如未见官网发布，请勿发布，并与${siteName}联系。供稿编号 ${deliveryId.slice(0, 12)}，已登记。`;
}

function page(parcel: Parcel, opening: readonly string[]): Html {
  const { title, summary, html: body, rumor, url, siteName, signedAt } = parcel;
  const notice = embargoNotice(parcel);
  // By attributes, which mail programs and the policy of our own preview let stand alike.
  const box =
    notice &&
    html`<table border="2" bordercolor="#b00020" cellpadding="8" cellspacing="0">
      <tr>
        <td>
          <font color="#b00020"><strong>${notice}</strong></font>
        </td>
      </tr>
    </table>`;
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
      </head>
      <body>
        ${box} ${opening.map((line) => html`<p><strong>${line}</strong></p>`)}
        <h1>${title}</h1>
        ${rumor && html`<p><strong>网传：</strong>${rumor.claim}<br /><strong>结论：</strong>${rumorWords[rumor.verdict]}</p>`}
        ${summary && html`<p><em>${summary}</em></p>`} ${new Html(body)} ${box}
        <hr />
        <p>
          发布单位：${siteName}<br />签发时间：${showTime(signedAt)}（北京时间）<br />原文链接：<a href="${url}"
            >${url}</a
          >
        </p>
      </body>
    </html> `;
}
