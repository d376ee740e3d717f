import { createHash } from 'node:crypto';
import {
  probePlan,
  sampleSize,
  verifyScript,
  type InspectionEvent,
  type PublicDocument,
  type Site,
  type SiteFinding,
  type SiteResult,
  type WorksheetItem,
} from '@tongsheng/contracts';
import { html, pageUrl, showTime, type Html } from '@tongsheng/pages';
import { listFile } from './draw.ts';

type Of<T extends InspectionEvent['type']> = Extract<InspectionEvent, { type: T }>;

const resultWords: Record<SiteResult, string> = {
  passed: '合格',
  flawed: '有问题，须整改',
  unchecked: '部分项目未能检查',
  failed: '不合格',
};

const itemWords: Record<WorksheetItem, string> = {
  wording: '严重表述错误',
  secrets: '泄露国家秘密',
  harmful: '出现不良信息',
  attack: '遭攻击后未及时处置',
  faked_date: '伪造发稿日期',
  outrage: '引发严重负面舆情',
  unanswered: '有效留言超过 3 个月未回应',
  services: '应有的服务缺失',
  interpretation: '政策与解读未同步发布或未相互链接',
  guides: '办事指南不准确',
  answers: '互动回应质量不高',
  search: '站内搜索不好用',
  accessible: '无障碍和适老化不足',
  contact: '主办单位、联系方式等标识不全',
};

const isItem = (code: SiteFinding['code']): code is WorksheetItem => Object.hasOwn(itemWords, code);

/** A finding in a sentence for the public: what is wrong and how much, and nothing of how somebody put it for the house. */
function sayFinding({ code, of, n, detail, severity }: SiteFinding): string {
  if (isItem(code)) return severity === 'unchecked' ? `未能检查：${itemWords[code]}` : itemWords[code];
  switch (code) {
    case 'down':
      return `首页探测有 ${n} 次打不开`;
    case 'probes_few':
      return `首页只探测了 ${n} 次，不足以判断能否正常访问`;
    case 'home_unread':
      return '首页未能读取';
    case 'home_undated':
      return '首页看不出更新日期';
    case 'home_stale':
      return `首页已 ${n} 天没有更新（最近 ${detail}）`;
    case 'column_unread':
      return `栏目“${of}”未能读取`;
    case 'column_undated':
      return `栏目“${of}”看不出更新日期`;
    case 'column_empty':
      return `栏目“${of}”为空白`;
    case 'columns_none':
      return '没有登记栏目，未能检查栏目更新';
    case 'column_stale':
      return `栏目“${of}”已 ${n} 天没有更新（最近 ${detail}）`;
    case 'columns_stale':
      return `有 ${n} 个栏目更新不及时`;
    case 'columns_empty':
      return `有 ${n} 个空白栏目`;
    case 'link_dead':
      return `链接不可用：${of}`;
    case 'links_unfollowed':
      return `有 ${n ?? '一些'}个链接未能检查`;
    case 'repost_missing':
      return `应转载信息在网上看不到：${of}`;
    case 'repost_altered':
      return `转载内容与原文不一致：${of}`;
    case 'repost_unlabelled':
      return `转载未标明来源：${of}`;
    case 'repost_date':
      return `转载的发布日期与来源不符：${of}`;
    case 'repost_unchecked':
      return `转载未能复核${of && `：${of}`}`;
  }
}

/** What stands in public of an inspection: the frozen list before the draw, and afterwards what came of it. */
export function inspectionDocument(past: readonly InspectionEvent[], site: Site, decided: Of<'inspection.publishing'>) {
  const opened = past.find((event): event is Of<'inspection.opened'> => event.type === 'inspection.opened');
  const first = past.find((event): event is Of<'inspection.publishing'> => event.type === 'inspection.publishing');
  if (!opened || !first) throw new Error(`oversight: ${decided.inspectionId} is published and was never opened`);
  const { inspectionId, version, stage, decidedAt } = decided;
  const quarter = quarterWords(inspectionId);
  const drawn = past.find((event): event is Of<'inspection.drawn'> => event.type === 'inspection.drawn');
  const body = html`${about(opened)} ${stage === 'results' && drawn !== undefined && results(past, opened, drawn)}
  ${repeat(opened, drawn ?? null)}`.text;
  const title = stage === 'list' ? `${quarter}网站抽查名单和抽签办法` : `${quarter}网站抽查情况通报`;
  const document: PublicDocument = {
    documentId: inspectionId,
    site: site.siteId,
    siteName: site.name,
    kind: 'inspection',
    column: '网站抽查',
    title,
    summary: '',
    html: body,
    url: pageUrl(site, 'inspection', inspectionId),
    source: null,
    verdict: null,
    files: [],
    postedAt: first.decidedAt,
    version,
    contentHash: createHash('sha256').update(`${title}\n${body}`).digest('hex'),
    ...(version > 1 && stage === 'results' && { corrected: { at: decidedAt, note: '公布抽查情况。' } }),
  };
  return document;
}

const quarterWords = (name: string): string => `${name.slice(0, 4)} 年第 ${'一二三四'[Number(name.slice(-1)) - 1]}季度`;

const about = ({ population, excluded, share, openedAt, publicValueName }: Of<'inspection.opened'>): Html =>
  html`<p>
      按照《国家税务总局关于进一步加强税务网站管理的通知》（税总发〔2017〕84号）二（五）1 的要求，从
      ${population.length} 个网站中抽查不少于 ${share}%，即 ${sampleSize(population.length, share)} 个。名单于
      ${showTime(openedAt)}（北京时间）封存，抽签使用当时尚未产生的公开数值：${publicValueName}。
    </p>
    ${
      excluded.length > 0 &&
      html`<p>未列入名单的网站：${excluded.map(({ name, reason }) => `${name}（${reason}）`).join('；')}。</p>`
    }`;

function results(
  past: readonly InspectionEvent[],
  { population }: Of<'inspection.opened'>,
  { chosen }: Of<'inspection.drawn'>,
): Html {
  const included = past.flatMap((event) => (event.type === 'inspection.included' ? [event.included] : []));
  const nameOf = (id: string) => [...population, ...included].find(({ siteId }) => siteId === id)?.name ?? id;
  const concluded = past.filter((event) => event.type === 'inspection.concluded');
  const isMended = (siteId: string) =>
    past.findLast((event) => event.type === 'inspection.rechecked' && event.siteId === siteId);
  const changes = past.flatMap((event) => {
    if (event.type === 'inspection.enlarged')
      return [`增加抽查 ${event.added.map(nameOf).join('、')}（${event.reason}）`];
    if (event.type === 'inspection.included')
      return [`名单封存后新建的 ${event.included.name} 一并检查（${event.reason}）`];
    if (event.type !== 'inspection.replaced') return [];
    const by = event.replacement === null ? '名单中已无可递补的网站' : `由 ${nameOf(event.replacement)} 递补`;
    return [`${nameOf(event.siteId)} 不再检查（${event.reason}），${by}`];
  });
  const row = ({ siteId, result, findings }: (typeof concluded)[number]): Html => {
    const said = findings.filter(({ severity }) => severity !== 'minor').slice(0, 30);
    const minor = findings.length - said.length;
    const rechecked = isMended(siteId);
    return html`<tr>
      <td>${nameOf(siteId)}</td>
      <td>${resultWords[result]}</td>
      <td>
        ${said.map((each) => html`${sayFinding(each)}<br />`)}${minor > 0 && `其他问题 ${minor} 个`}${findings.length === 0 && '未发现问题'}
      </td>
      <td>${rechecked?.type === 'inspection.rechecked' ? (rechecked.mended ? '复查已整改' : '复查未整改') : '—'}</td>
    </tr>`;
  };
  return html`<h2>抽查结果</h2>
    <p>
      抽中 ${chosen.length} 个，检查 ${concluded.length} 个。每个网站检查：首页每 ${probePlan.everyMinutes}
      分钟探测一次，共 ${probePlan.count} 次，每次限 ${probePlan.withinSeconds}
      秒；首页和各栏目的更新时间；首页和栏目页上的链接（至多 200
      个）；最近的转载是否在线、与原文一致、标明来源；其余项目由人工检查。
    </p>
    <table>
      <thead>
        <tr>
          <th>网站</th>
          <th>结果</th>
          <th>发现的问题</th>
          <th>复查</th>
        </tr>
      </thead>
      <tbody>
        ${concluded.map(row)}
      </tbody>
    </table>
    ${
      changes.length > 0 &&
      html`<h2>名单变动</h2>
        <ul>
          ${changes.map((each) => html`<li>${each}</li>`)}
        </ul>`
    }`;
}

function repeat(
  { inspectionId, population, listHash, share }: Of<'inspection.opened'>,
  drawn: Of<'inspection.drawn'> | null,
) {
  const count = drawn?.chosen.length ?? sampleSize(population.length, share);
  const nameOf = (id: string) => population.find(({ siteId }) => siteId === id)?.name ?? id;
  return html`<h2>任何人都可以复算</h2>
    <p>
      名单的 SHA-256 是 <code>${listHash}</code>。种子是“季度|名单的 SHA-256|公开数值”的
      SHA-256；每个网站按“种子|网站编号”的 SHA-256 排序，取前 ${count} 个。
    </p>
    ${
      drawn &&
      html`<p>
        公开数值：<code>${drawn.publicValue}</code><br />种子：<code>${drawn.seed}</code
        ><br />抽中：${drawn.chosen.map(nameOf).join('、')}
      </p>`
    }
    <p>把下面的名单存为 <code>sites.txt</code>（每行一个网站编号，末行也换行）：</p>
    <pre>${listFile(population.map(({ siteId }) => siteId))}</pre>
    <p>再在 Linux 或 macOS 的终端里运行：</p>
    <pre>
QUARTER='${inspectionId}'
PUBLIC_VALUE='${drawn?.publicValue ?? '（抽签时公布）'}'
COUNT=${count}
${verifyScript}</pre>`;
}
