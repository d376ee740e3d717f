import { html, Html, showTime } from '@tongsheng/pages';
import { cleanHtml, textOf } from '@tongsheng/web';
import { DateTime } from 'luxon';
import type { Negotiation } from './negotiation.ts';

/** The page's own style; nothing is loaded from anywhere. */
const answerStyle = `
*{box-sizing:border-box}html{font:16px/1.8 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif;color:#1b2733;background:#f4f7fb}
body{margin:0}main,header>div{max-width:900px;margin:0 auto;padding:0 20px}header{background:#0a4c9c;color:#fff;border-bottom:3px solid #c8a045}
header p{margin:0;padding:18px 0;font-size:20px;font-weight:700}main{padding-bottom:60px}h1{font-size:24px;line-height:1.5;margin:28px 0 8px;overflow-wrap:anywhere}
h2{font-size:18px;margin:28px 0 8px}a{color:#0a4c9c}dl{display:grid;grid-template-columns:auto 1fr;gap:2px 16px;margin:0}dt{color:#55606d}dd{margin:0;overflow-wrap:anywhere}
section,form{background:#fff;border:1px solid #dce3ec;border-radius:4px;padding:14px 20px;margin:12px 0;overflow-wrap:anywhere}section img{max-width:100%}section table{border-collapse:collapse}section :is(th,td){border:1px solid #b9c4d0;padding:4px 8px}
.embargo,.said{border-left:4px solid #a8181e;background:#faf3f2;padding:8px 16px;margin:16px 0}.said{border-color:#0a4c9c;background:#e6eef9}
label{display:block;font-weight:700;margin-top:10px}input,textarea{font:inherit;width:100%;padding:6px 10px;border:1px solid #6f7b88;border-radius:3px;background:#fff;color:inherit}textarea{min-height:8em}.body-text{min-height:18em}
button{font:inherit;margin:14px 10px 0 0;padding:7px 22px;border:1px solid #0a4c9c;border-radius:3px;background:#fff;color:#0a4c9c;cursor:pointer}button.main{background:#0a4c9c;color:#fff}
:is(a,button,input,textarea,summary):focus-visible{outline:3px solid #f5a300;outline-offset:2px}summary{cursor:pointer;font-weight:700;color:#0a4c9c}.hint{color:#55606d;font-size:14px;margin:2px 0}
ol{margin:0;padding-left:1.4em}@media print{form,details{display:none}html{background:#fff}}`;

const states = {
  new: '',
  offered: '等待贵单位答复',
  acknowledged: '贵单位已确认收到，等待答复',
  negotiated: '协商中',
  agreed: '已商定',
  declined: '贵单位已答复不采用',
  withdrawn: '报送单位已撤回，请勿发布',
  adopted: '已采用',
} as const;

type Shown = {
  siteName: string;
  negotiation: Negotiation;
  /** Whether the link still answers what lies on the table. */
  isCurrent: boolean;
  isOut: boolean;
  /** What the last answer led to, or why it was not taken. */
  notice: string | null;
};

/** The one page of an answer link: what is offered, what was said, and what can be answered. No script. */
export function renderAnswers({ siteName, negotiation, isCurrent, isOut, notice }: Shown): string {
  const { offered, to, state, slot, text, message, dueAt, words } = negotiation;
  if (state.status === 'new') return renderNothing('没有这条报送。');
  const open = 'by' in state;
  const ours = open && state.by === 'receiving';
  const moment = slot === null ? '不约定同一时刻' : `${showTime(slot)}（北京时间）同步发布`;
  return frame(
    offered.title,
    html`<h1>${offered.title}</h1>
      ${notice && html`<p class="said" role="status">${notice}</p>`}
      ${!isOut && html`<p class="embargo">内部稿件，尚未公开：${slot === null ? '在报送单位发布以前' : `${showTime(slot)} 以前`}请勿对外发布、转发或引用。</p>`}
      <section>
        <dl>
          <dt>报送单位</dt>
          <dd>${siteName}</dd>
          <dt>受理单位</dt>
          <dd>${to.name}</dd>
          <dt>状态</dt>
          <dd>${ours ? '贵单位已提出方案，等待报送单位答复' : states[state.status]}</dd>
          <dt>${state.status === 'agreed' || state.status === 'adopted' ? '约定时刻' : '拟发布时刻'}</dt>
          <dd>${moment}</dd>
          ${
            open &&
            html`<dt>请于此前答复</dt>
              <dd>${showTime(dueAt)}</dd>`
          }
          ${
            message &&
            html`<dt>附言</dt>
              <dd>${message}</dd>`
          }
        </dl>
      </section>
      ${open && !isCurrent && !ours && html`<p class="embargo">这个链接对应的方案已有更新，请用最近一封邮件里的链接答复。</p>`}
      ${open && !ours && isCurrent && answerForm(negotiation, state.status === 'offered')}
      ${state.status === 'agreed' && adoptedForm}
      <h2>稿件</h2>
      <section>
        <h3>${text.title}</h3>
        ${text.summary && html`<p>${text.summary}</p>`} ${new Html(cleanHtml(text.html))}
      </section>
      <h2>协商经过</h2>
      <section>
        <ol>
          ${words.map(({ side, byName, at, says }) => html`<li>${showTime(at)} ${side === 'offering' ? siteName : to.name} ${byName}：${says}</li>`)}
        </ol>
      </section>`,
  );
}

const nameField = (id: string) =>
  html`<label for="${id}">答复人姓名</label
    ><input id="${id}" name="name" required maxlength="50" autocomplete="name" />`;

const answerForm = ({ slot, text }: Negotiation, isNew: boolean): Html => html`
  <h2>答复</h2>
  <form method="post">
    ${nameField('name')}
    <button class="main" name="answer" value="agree">同意</button>
    ${isNew && html`<button name="answer" value="acknowledge">已收到，研究后答复</button>`}
  </form>
  <details>
    <summary>另提时间或文字</summary>
    <form method="post">
      ${nameField('counter-name')}
      <label for="slot">发布时刻（北京时间；留空表示不约定同一时刻）</label>
      <input id="slot" name="slot" type="datetime-local" value="${slot === null ? '' : toField(slot)}" />
      <label for="text">正文</label>
      <p class="hint" id="text-hint">不改动则沿用原稿。改动后按段落重排，原稿的表格和图片请在附言中说明。</p>
      <textarea class="body-text" id="text" name="text" aria-describedby="text-hint" maxlength="200000">
${textOf(text.html)}</textarea>
      <label for="message">附言</label>
      <textarea id="message" name="message" maxlength="2000"></textarea>
      <button class="main" name="answer" value="counter">提出</button>
    </form>
  </details>
  <details>
    <summary>不采用</summary>
    <form method="post">
      ${nameField('decline-name')}
      <label for="reason">理由</label>
      <input id="reason" name="reason" required maxlength="300" />
      <button class="main" name="answer" value="decline">不采用</button>
    </form>
  </details>
`;

const adoptedForm = html`
  <h2>发布以后</h2>
  <form method="post">
    ${nameField('adopted-name')}
    <label for="url">贵单位页面的地址</label>
    <input id="url" name="url" type="url" required maxlength="2000" placeholder="https://" />
    <p class="hint">系统会打开该页面核对，核对一致记为采用。</p>
    <button class="main" name="answer" value="adopted">提交</button>
  </form>
`;

/** A page that says one thing: a link that is none, or is over. */
export const renderNothing = (says: string): string =>
  frame(
    '报送协商',
    html`<h1>报送协商</h1>
      <p>${says}</p>`,
  );

const frame = (title: string, content: Html): string =>
  html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} - 报送协商</title>
        <style>
          ${new Html(answerStyle)}
        </style>
      </head>
      <body>
        <header>
          <div><p>报送协商</p></div>
        </header>
        <main>${content}</main>
      </body>
    </html>`.text;

const zone = 'Asia/Shanghai';
const fieldFormat = "yyyy-MM-dd'T'HH:mm";
const toField = (instant: string) => DateTime.fromISO(instant, { zone }).toFormat(fieldFormat);

/** The moment that a field of the page holds; null when it is empty, undefined when it is no moment. */
export function fromField(value: string): string | null | undefined {
  if (value === '') return null;
  const at = DateTime.fromFormat(value, fieldFormat, { zone });
  return at.isValid ? at.toUTC().toISO() : undefined;
}

/** Text as its paragraphs; null when it says what the draft says already. */
export function paragraphsOf(text: string, before: string): string | null {
  const lines = text
    .split(/\r?\n/)
    .map((each) => each.trim())
    .filter(Boolean);
  if (lines.join('\n') === textOf(before)) return null;
  return lines.map((each) => html`<p>${each}</p>`.text).join('\n');
}
