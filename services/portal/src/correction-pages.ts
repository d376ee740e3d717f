import type { CorrectionFigures, CorrectionOutcome, PublicCorrection } from '@tongsheng/contracts';
import { html, Html, renderPage, showTime } from '@tongsheng/pages';
import { portalName } from './lists.ts';

/** What stands in the form; all of it may be anything. */
export type Filled = {
  site: string;
  kind: string;
  id: string;
  title: string;
  url: string;
  text: string;
  email: string;
};
export type Problem = { field: keyof Filled | 'website' | ''; says: string };

type Place = { siteName: string; title: string; url: string };

const frame = (title: string, content: Html): string =>
  renderPage({
    title: `${title} - ${portalName}`,
    siteName: portalName,
    siteHome: '/',
    trail: [
      { name: '首页', href: '/' },
      { name: '网民纠错', href: title === '网民纠错' ? null : '/corrections' },
      ...(title === '网民纠错' ? [] : [{ name: title, href: null }]),
    ],
    content,
  });

/**
 * The form, without a script. `place`: the page of ours that it was opened from.
 * @param sites who can be chosen where it was opened from no page
 */
export function renderForm(
  {
    filled,
    problems,
    place,
    token,
  }: { filled: Filled; problems: readonly Problem[]; place: Place | null; token: string },
  sites: readonly { site: string; name: string }[],
): string {
  const field = (name: keyof Filled, label: string, hint: string, control: (marks: Html) => Html): Html => {
    const problem = problems.find((each) => each.field === name);
    const marks = html`id="${name}" name="${name}" aria-describedby="${name}-hint" ${problem !== undefined && invalid}`;
    return html`<div class="form-field">
      <label for="${name}">${label}</label>
      <p class="form-hint" id="${name}-hint">${hint}</p>
      ${problem !== undefined && html`<p class="form-problem">${problem.says}</p>`} ${control(marks)}
    </div>`;
  };
  return frame(
    '提交纠错',
    html`<div class="heading"><h1>提交纠错</h1></div>
      ${
        problems.length > 0 &&
        html`<div class="form-problems" role="alert" tabindex="-1" autofocus>
          <h2>没有提交成功</h2>
          <ul>
            ${problems.map(({ field: of, says }) => html`<li>${of ? html`<a href="#${of}">${says}</a>` : says}</li>`)}
          </ul>
        </div>`
      }
      <p>
        您发现网页有错别字、内容不准确、链接打不开等问题，请在这里告诉我们。我们在 3
        个工作日内答复，您可以凭受理编号查询。请不要填写身份证号、电话等个人信息。
      </p>
      <form class="form" method="post" action="/corrections" accept-charset="utf-8">
        <input type="hidden" name="token" value="${token}" />
        ${
          place
            ? html`<input type="hidden" name="site" value="${filled.site}" />
                <input type="hidden" name="kind" value="${filled.kind}" />
                <input type="hidden" name="id" value="${filled.id}" />
                <p class="form-place">
                  有问题的页面：<a href="${place.url}">${place.title}</a>（${place.siteName}）
                  <a href="/corrections/new">不是这个页面</a>
                </p>`
            : html`${field(
                'site',
                '网站',
                '有问题的页面属于哪个网站',
                (marks) =>
                  html`<select ${marks} required>
                    ${sites.map(({ site, name }) => html`<option value="${site}" ${site === filled.site && chosen}>${name}</option>`)}
                  </select>`,
              )}
              ${field(
                'url',
                '页面地址（选填）',
                '从浏览器地址栏复制，以 http:// 或 https:// 开头',
                (marks) => html`<input ${marks} type="url" maxlength="2000" value="${filled.url}" />`,
              )}
              ${field(
                'title',
                '页面标题（选填）',
                '页面的标题，或它在网站的什么位置',
                (marks) => html`<input ${marks} type="text" maxlength="300" value="${filled.title}" />`,
              )}`
        }
        ${field(
          'text',
          '哪里有问题',
          '写明第几段、原文是什么、应该是什么；5 到 2000 字',
          (marks) =>
            html`<textarea ${marks} rows="6" required minlength="5" maxlength="2000">${filled.text}</textarea>`,
        )}
        ${field(
          'email',
          '电子邮箱（选填）',
          '留下邮箱，我们会把答复发给您；邮箱加密保存，只用于这一次答复，不会公开',
          (marks) => html`<input ${marks} type="email" maxlength="254" autocomplete="email" value="${filled.email}" />`,
        )}
        <div class="form-trap" aria-hidden="true">
          <label for="website">请勿填写这一栏</label>
          <input id="website" name="website" type="text" tabindex="-1" autocomplete="off" value="" />
        </div>
        <p><button type="submit" class="form-send">提交</button></p>
      </form>`,
  );
}

const invalid = new Html('aria-invalid="true"');
const chosen = new Html('selected');

const outcomeWords: Record<CorrectionOutcome, string> = {
  corrected: '经核实，已更正',
  unchanged: '经核实，无需更正',
  forwarded: '已转相关单位办理',
  folded: '与他人反映的是同一问题，一并答复',
};

/** Where somebody looks an answer up; also what stands there when there is none by that number. */
const lookUp = (receipt = '', problem: string | null = null): Html =>
  html`<form class="form form-line" method="get" action="/corrections/answer">
    <label for="receipt">受理编号</label>
    ${problem !== null && html`<p class="form-problem" role="alert">${problem}</p>`}
    <input id="receipt" name="receipt" type="text" required maxlength="64" autocomplete="off" value="${receipt}" />
    <button type="submit" class="form-send">查询答复</button>
  </form>`;

/** @param justSent it was sent a moment ago; `mail`: and the answer will be sent too, or could not be promised */
export function renderAnswer(
  { receipt, state, receivedAt, dueAt, outcome, answer, answeredAt }: PublicCorrection,
  siteName: string,
  justSent: 'mail' | 'no_mail' | 'plain' | null,
): string {
  return frame(
    '纠错答复',
    html`<div class="heading"><h1>${justSent ? '已收到您的纠错' : '纠错答复'}</h1></div>
      <dl class="form-facts" data-state="${state}">
        <dt>受理编号</dt>
        <dd><strong class="form-receipt">${receipt}</strong>${justSent && '（请记下，凭它查询答复）'}</dd>
        <dt>网站</dt>
        <dd>${siteName}</dd>
        <dt>收到</dt>
        <dd>${showTime(receivedAt)}</dd>
        ${
          state === 'waiting' &&
          html`<dt>状态</dt>
            <dd>正在办理，将在 ${showTime(dueAt)} 前答复（3 个工作日）</dd>`
        }
        ${
          state === 'closed' &&
          html`<dt>状态</dt>
            <dd>没有反映网页的问题，已办结</dd>`
        }
        ${
          state === 'answered' &&
          answeredAt !== null &&
          outcome !== null &&
          html`<dt>办理结果</dt>
            <dd>${outcomeWords[outcome]}</dd>
            <dt>答复</dt>
            <dd class="form-answer">${answer}</dd>
            <dt>答复时间</dt>
            <dd>${showTime(answeredAt)}</dd>`
        }
      </dl>
      ${justSent === 'mail' && html`<p>答复也会发到您留下的邮箱。</p>`}
      ${justSent === 'no_mail' && html`<p>目前不能保存邮箱，请凭受理编号查询答复。</p>`}
      <p><a href="/corrections">网民纠错办理情况</a></p>`,
  );
}

/** No such receipt, too many questions, or a house that does not answer. */
export const renderLookUp = (receipt: string, problem: string | null): string =>
  frame(
    '纠错答复',
    html`<div class="heading"><h1>查询纠错答复</h1></div>
      ${lookUp(receipt, problem)}`,
  );

/** How many reports came and were answered in time; null when the house can't be asked. */
export function renderFigures(figures: CorrectionFigures | null, nameOf: (site: string) => string): string {
  const rows = figures
    ? [
        ...figures.months
          .filter(({ received }) => received > 0)
          .map(({ month, ...counts }) => ({ name: month, counts })),
        { name: '近 12 个月合计', counts: figures.total },
      ]
    : [];
  const table = (caption: string, head: string, all: typeof rows): Html =>
    html`<table class="form-table">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${head}</th>
          <th scope="col">收到</th>
          <th scope="col">按时答复</th>
          <th scope="col">超时答复</th>
          <th scope="col">待答复</th>
          <th scope="col">其中已超时</th>
        </tr>
      </thead>
      <tbody>
        ${all.map(
          ({ name, counts: { received, inTime, late, open, overdue } }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${received}</td>
              <td>${inTime}</td>
              <td>${late}</td>
              <td>${open}</td>
              <td>${overdue}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  return frame(
    '网民纠错',
    html`<div class="heading"><h1>网民纠错</h1></div>
      <p class="form-text">
        发现网页有错误，请点页面下方的“纠错”，或<a href="/corrections/new">在这里提交</a>。我们在收到后 3
        个工作日内答复（收到当日不计）。
      </p>
      ${lookUp()}
      <div class="heading"><h2>办理情况</h2></div>
      ${figures === null && html`<p class="form-problem">办理情况暂时查不到，请稍后再看。</p>`}
      ${figures && figures.total.received === 0 && html`<p>近 12 个月没有收到纠错。</p>`}
      ${
        figures &&
        figures.total.received > 0 &&
        html`${table('按收到的月份', '月份', rows)}
          ${table(
            '按网站',
            '网站',
            figures.sites.map(({ site, ...counts }) => ({ name: nameOf(site), counts })),
          )}
          <p class="form-hint">
            数据截至 ${showTime(figures.asOf)}（北京时间）。按时：在第 3 个工作日 24:00 前首次答复。无效信息不计。
          </p>`
      }`,
  );
}
