import type { SubmissionLetter } from '@tongsheng/contracts';
import { html, Html, showTime } from '@tongsheng/pages';
import { cleanHtml, textOf } from '@tongsheng/web';
import { linkDays } from './answer-links.ts';
import type { Negotiation } from './negotiation.ts';

/** What an office outside is sent: a mail, or the same as data. */
export type OfficeLetter = { subject: string; text: string; html: string; article: string };

/** @param link where it is answered, or where it is said that it was published; @param isOut whether the public can read it already */
export function officeLetter(
  letter: SubmissionLetter,
  { offered, to, slot, text, message, dueAt }: Negotiation,
  { siteName, link, isOut }: { siteName: string; link: string; isOut: boolean },
): OfficeLetter {
  const when = slot === null ? '不约定同一时刻，由贵单位择时发布' : `${showTime(slot)}（北京时间）双方同步发布`;
  const says = {
    proposal: {
      subject: `【报送】${offered.title}`,
      lead: `${siteName}向${to.name}报送《${offered.title}》，商请协商发布。`,
      facts: [`建议发布时间：${when}`, ...(message ? [`附言：${message}`] : []), `请于 ${showTime(dueAt)} 前答复。`],
      asks: '打开下面的链接，可以确认收到、同意、另提时间或文字、或者不采用。无需登录；打开链接本身不算答复。',
      action: '查看并答复',
    },
    agreed: {
      subject: `【已商定】${offered.title}`,
      lead: `《${offered.title}》已与${siteName}商定。`,
      facts: [`发布时间：${when}`],
      asks: '发布以后，请打开下面的链接填写贵单位的页面地址，系统核验后记为采用。',
      action: '填写发布地址',
    },
    withdrawn: {
      subject: `【撤回报送】${offered.title}`,
      lead: `${siteName}撤回了报送的《${offered.title}》，请勿发布。`,
      facts: [],
      asks: '协商经过见下面的链接。',
      action: '查看',
    },
  }[letter];
  const embargo = isOut
    ? null
    : `内部稿件，尚未公开：${slot === null ? '在报送单位发布以前' : `${showTime(slot)} 以前`}请勿对外发布、转发或引用。`;
  const body = new Html(cleanHtml(text.html));
  const article = html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <title>${text.title}</title>
      </head>
      <body>
        ${embargo && html`<p><strong>${embargo}</strong></p>`}
        <h1>${text.title}</h1>
        ${text.summary && html`<p>${text.summary}</p>`} ${body}
      </body>
    </html>`.text;
  const lines = [
    says.lead,
    ...says.facts,
    ...(embargo ? ['', embargo] : []),
    '',
    says.asks,
    link,
    `链接 ${linkDays} 天内有效，请勿转给他人：持有链接的人可以代贵单位答复。`,
  ];
  const shown = letter === 'withdrawn' ? [] : ['', '—'.repeat(20), text.title, '', textOf(text.html)];
  return {
    subject: says.subject,
    text: [...lines, ...shown, ''].join('\n'),
    html: html`<div style="font:15px/1.8 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:760px">
      <p>${says.lead}</p>
      ${says.facts.map((fact) => html`<p>${fact}</p>`)}
      ${embargo && html`<p style="padding:8px 12px;border-left:4px solid #a8181e;background:#faf3f2"><strong>${embargo}</strong></p>`}
      <p>${says.asks}</p>
      <p>
        <a
          href="${link}"
          style="display:inline-block;padding:8px 22px;background:#0a4c9c;color:#fff;text-decoration:none"
          >${says.action}</a
        >
      </p>
      <p style="color:#55606d">链接 ${linkDays} 天内有效，请勿转给他人：持有链接的人可以代贵单位答复。</p>
      ${
        letter !== 'withdrawn' &&
        html`<hr />
          <h1 style="font-size:22px">${text.title}</h1>
          ${body}`
      }
    </div>`.text,
    article,
  };
}
