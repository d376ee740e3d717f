import { alarmKeyword, type AlarmSubject, type Reached } from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';

export type Notice = {
  about: AlarmSubject;
  /** The site's name; null where it concerns all of them. */
  siteName: string | null;
  at: string;
  link: string;
  /** Who was told before this step, and when. */
  before: readonly { name: string; at: string }[];
  next: { people: readonly Reached[]; at: string } | null;
};

const clockTime = (instant: string) => DateTime.fromISO(instant, { zone: 'Asia/Shanghai' }).toFormat('MM-dd HH:mm');

/** `3 小时 5 分钟`, in whole minutes. */
export function spanOf(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const { hours, minutes: rest } = Duration.fromObject({ minutes }).shiftTo('hours', 'minutes').toObject();
  const parts = [hours ? `${hours} 小时` : null, rest || !hours ? `${rest ?? 0} 分钟` : null];
  return parts.filter((part) => part !== null).join(' ');
}

/** How much time is left of a task, or since when something is wrong. */
export function urgencyOf(about: AlarmSubject, at: string): string {
  const since = (instant: string) => spanOf(Date.parse(at) - Date.parse(instant));
  switch (about.kind) {
    case 'rumor':
    case 'correction':
    case 'inspection':
    case 'submission':
    case 'review_debt':
    case 'assignment':
    case 'task': {
      const left = Date.parse(about.dueAt) - Date.parse(at);
      return left > 0 ? `剩 ${spanOf(left)}` : `已超时 ${spanOf(left)}`;
    }
    case 'source':
      return `已失联 ${since(about.failingSince)}`;
    case 'delivery':
      return deliveryWords[about.because].title;
    case 'report':
      return about.days === 0 ? '已过公开期限' : `距公开期限 ${about.days} 天`;
    case 'calendar':
      return `${about.year} 年节假日安排未登记`;
    case 'credential':
      return `渠道登录被拒 ${since(about.failedAt)}`;
    case 'stoppage':
      return `渠道中断 ${since(about.since)}`;
    case 'balance':
      return `账实不符 ${since(about.since)}`;
    case 'page':
      return about.drift === 'reappeared' ? '撤下的内容又能看到' : '网页内容被换';
    case 'recall':
      return about.because === 'failed' ? `更正撤回未完成 ${since(about.since)}` : '紧急撤稿待复核';
    case 'incident': {
      const left = Date.parse(about.dueAt) - Date.parse(at);
      if (about.share === null) return `${severityWords[about.severity]}事件`;
      return left > 0 ? `首报剩 ${spanOf(left)}` : `首报已超时 ${spanOf(left)}`;
    }
    case 'handover':
      return about.because === 'not_given' ? '没有交班' : '没有接班';
    case 'drill':
      return '无需处置';
    case 'linked':
      return about.minutes === null ? '联动发布没有发出' : `联动发布 ${about.minutes} 分钟后到点，尚未就绪`;
  }
}

const accountWords = { source: '来源', site: '站点', channel: '渠道' } as const;

/** How many are missing, and how many there is one too many of. */
const lackingWords = ({ missing, doubled }: { missing: number; doubled: number }): string =>
  [missing > 0 ? `缺 ${missing} 项` : null, doubled > 0 ? `重复 ${doubled} 项` : null].filter(Boolean).join('，');

const severityWords = { ordinary: '一般', serious: '较大', major: '重大', extreme: '特别重大' } as const;
const incidentWords = {
  fake_site: '假冒网站',
  attack: '攻击篡改',
  outage: '服务中断',
  leak: '信息泄露',
  other: '其他',
} as const;

const lackWords = {
  not_ready: '必备的页面或渠道没有就绪',
  part_unsigned: '有稿件没有签发',
  no_interpretation: '政策没有配套解读，也没有豁免',
} as const;

/** What it is about, in a few words and in as many lines as it needs. */
function whatOf(about: AlarmSubject, at: string): { name: string; lines: string[] } {
  switch (about.kind) {
    case 'task':
      return {
        name: about.title,
        lines: [
          `转载任务《${about.title}》还没有发布，时限已用 ${about.share}%，${urgencyOf(about, at)}。`,
          `来源：${about.sourceName}`,
          `应于 ${clockTime(about.dueAt)} 前转载`,
        ],
      };
    case 'rumor':
      return {
        name: about.claim,
        lines: [
          `谣言“${about.claim}”还没有公开辟谣，时限已用 ${about.share}%，${urgencyOf(about, at)}。`,
          `线索报告时间：${clockTime(about.startsAt)}`,
          `应于 ${clockTime(about.dueAt)} 前辟谣`,
        ],
      };
    case 'correction':
      return {
        name: about.title,
        lines: [
          `网民对“${about.title}”的纠错还没有答复，时限已用 ${about.share}%，${urgencyOf(about, at)}。`,
          `收到时间：${clockTime(about.startsAt)}`,
          `应于 ${clockTime(about.dueAt)} 前答复网民（3 个工作日）`,
        ],
      };
    case 'report':
      return {
        name: about.title,
        lines: [
          `《${about.title}》${about.days === 0 ? '已过公开期限' : `距公开期限还有 ${about.days} 天`}，还没有签批公开。`,
          `应于 ${clockTime(about.dueAt)} 前公开（国办函〔2018〕12号）`,
        ],
      };
    case 'calendar':
      return {
        name: `${about.year} 年节假日安排`,
        lines: [
          `${about.year} 年的节假日和调休安排还没有登记，跨入该年的纠错时限暂按双休日推算，可能偏早或偏晚。`,
          `自 ${clockTime(about.since)} 起`,
          `请把国务院办公厅 ${about.year} 年放假通知登记到“管理 → 工作日历”；登记后时限自动重算。`,
        ],
      };
    case 'inspection': {
      const name = `${about.inspectionId} 网站抽查`;
      return {
        name,
        lines: [
          `${name}还没有公布结果，本季度已过 ${about.share}%，${urgencyOf(about, at)}。`,
          '每季度抽查不少于 30% 的网站，结束后公开检查情况（税总发〔2017〕84号 二（五）1）。',
          `应于 ${clockTime(about.dueAt)} 前公布`,
        ],
      };
    }
    case 'submission':
      return {
        name: about.title,
        lines: [
          about.waitsFor === null
            ? `对方就报送《${about.title}》提出了新的方案，我们还没有答复，时限已用 ${about.share}%，${urgencyOf(about, at)}。`
            : `报送《${about.title}》，${about.waitsFor}还没有答复，时限已用 ${about.share}%，${urgencyOf(about, at)}。`,
          `提出时间：${clockTime(about.startsAt)}`,
          `应于 ${clockTime(about.dueAt)} 前答复`,
        ],
      };
    case 'review_debt':
      return {
        name: about.title,
        lines: [
          `《${about.title}》已急件签发，全程审签还没有补齐，时限已用 ${about.share}%，${urgencyOf(about, at)}。`,
          `签发时间：${clockTime(about.startsAt)}`,
          `应于 ${clockTime(about.dueAt)} 前补审`,
        ],
      };
    case 'source':
      return {
        name: `${about.name}失联`,
        lines: [
          `来源“${about.name}”读取失败已超过 ${about.hours} 小时，其间的新稿不会变成转载任务。`,
          `自 ${clockTime(about.failingSince)} 起，原因代码 ${about.code}`,
          ...(about.detector ? [`读取地址：${about.detector}`] : []),
        ],
      };
    case 'delivery':
      return {
        name: about.title,
        lines: [
          deliveryWords[about.because].says(about.title, about.channelName),
          `发现时间：${clockTime(about.lostAt)}`,
          ...(about.detail ? [`平台答复：${about.detail}`] : []),
        ],
      };
    case 'assignment':
      return {
        name: about.title,
        lines: [
          `《${about.title}》须人工发布到“${about.channelName}”，还没有人回填，时限已用 ${about.share}%，${urgencyOf(about, at)}。`,
          `任务开始：${clockTime(about.startsAt)}`,
          `应于 ${clockTime(about.dueAt)} 前发布，并回填网址和截图`,
        ],
      };
    case 'recall':
      return {
        name: about.title,
        lines:
          about.because === 'failed'
            ? [
                `《${about.title}》的更正撤回在“${about.target ?? '页面'}”没有完成，需要人工处理。`,
                `自 ${clockTime(about.since)} 起，原因：${about.detail}`,
                '请在“更正撤回”中查看并处理，处理后填写结果。',
              ]
            : [
                `《${about.title}》已由一人决定紧急撤稿，需要另一人复核。`,
                `撤稿时间：${clockTime(about.since)}，原因：${about.detail}`,
              ],
      };
    case 'credential':
      return {
        name: about.channelName,
        lines: [
          `渠道“${about.channelName}”拒绝了我们的登录，其全部投递已停下等待，不会再试，以免账号被锁。`,
          `自 ${clockTime(about.failedAt)} 起，平台答复：${about.detail}`,
          '请更新该渠道的凭证；若问题在对方（如 IP 白名单），处理后在投递台选择“再试一次”。',
        ],
      };
    case 'stoppage':
      return {
        name: about.channelName,
        lines: [
          `渠道“${about.channelName}”一直没有正常应答，有 ${about.waiting} 个投递在等待${about.urgency === 'rebuttal' ? '，其中有辟谣' : ''}。`,
          `自 ${clockTime(about.since)} 起，最近一次：${about.detail || '没有应答'}`,
          '系统会继续试探，恢复后自动投递；请联系平台，或改用其他渠道。确认已恢复时，可在渠道页“重置熔断”。',
        ],
      };
    case 'balance':
      return {
        name: about.name,
        lines: [
          `${accountWords[about.account]}“${about.name}”账实不符：${lackingWords(about)}。`,
          `自 ${clockTime(about.since)} 起`,
          `涉及：${about.titles.map((title) => `《${title}》`).join('、')}${about.missing + about.doubled > about.titles.length ? ' 等' : ''}`,
          '请系统管理员在“系统状态 → 收支核对”查看明细，并在“死信”中重试失败的消息；补齐后自动解除。',
        ],
      };
    case 'page':
      return {
        name: about.title,
        lines: [
          about.drift === 'reappeared'
            ? `《${about.title}》已撤下，复看时公众又能看到。请在任务中再次撤下，并查明原因。`
            : `《${about.title}》的页面上是别的内容，疑似被篡改。请保全现场，核对后恢复。`,
          `页面地址：${about.url}`,
          `发现时间：${clockTime(about.driftedAt)}`,
          `核验所见：${about.detail}`,
        ],
      };
    case 'incident':
      return {
        name: about.title,
        lines: [
          `${severityWords[about.severity]}事件“${about.title}”（${incidentWords[about.incident]}）${about.share === null ? '已立案，请立即处置。' : `还没有首次上报，时限已用 ${about.share}%，${urgencyOf(about, at)}。`}`,
          `立案时间：${clockTime(about.startsAt)}`,
          `应于 ${clockTime(about.dueAt)} 前首次上报，并登记上报记录`,
        ],
      };
    case 'handover':
      return {
        name: `${about.name}的班次`,
        lines: [
          about.because === 'not_given'
            ? `${about.name}的班次已结束，还没有交班。`
            : `${about.name}已交班，还没有人接班。`,
          `班次结束：${clockTime(about.endedAt)}`,
          about.nextName === null ? '此后无人当班，请安排人员接班。' : `接班人：${about.nextName}`,
        ],
      };
    case 'drill':
      return {
        name: about.scenario,
        lines: [
          '这是演练，不是真实告警，没有任何情况发生。请像平时一样接手，系统记录接手用时。',
          `演练情景：${about.scenario}`,
          `发起：${about.byName}，${clockTime(about.startedAt)}`,
        ],
      };
    case 'linked':
      return {
        name: about.title,
        lines: [
          about.minutes === null
            ? `联动发布《${about.title}》到点没有发出，全部内容仍未公开：${lackWords[about.because]}。`
            : `联动发布《${about.title}》还有 ${about.minutes} 分钟到点，${lackWords[about.because]}；届时仍缺，将整体不发。`,
          `发布时刻：${clockTime(about.t0)}`,
          ...(about.count > 0
            ? [`缺 ${about.count} 项：${about.missing.join('、')}${about.count > about.missing.length ? ' 等' : ''}`]
            : []),
          about.minutes === null ? '请补齐后另定时刻，或取消。' : '请补齐、改期，或把可以迟到的渠道改为“可迟到”。',
        ],
      };
  }
}

/** What a person is told outside the console: what, whose, how long, where to act, who knows, who is next. */
export function noticeWords(notice: Notice): { subject: string; text: string } {
  const { about, siteName, at, link, before, next } = notice;
  const { name, lines: what } = whatOf(about, at);
  const known = before.map(({ name: person, at: told }) => `${person}（${clockTime(told)}）`).join('、');
  const lines = [
    ...what,
    `站点：${siteName ?? '全部'}`,
    `在此处理：${link}`,
    `此前已通知：${known || '无，您是第一位'}`,
    next
      ? `${clockTime(next.at)} 前无人接手，将通知：${next.people.map((person) => person.name).join('、')}`
      : '您之后没有下一位，请务必接手。',
  ];
  const isDrill = about.kind === 'drill';
  return {
    subject: isDrill ? `【演练】${name}（${urgencyOf(about, at)}）` : `【值班告警】${urgencyOf(about, at)}：${name}`,
    text: `${isDrill ? '【演练】' : ''}${lines.join('\n')}\n\n请登录控制台，在“当班台”按 Enter 接手；接手后不再通知他人。时间均为北京时间。\n`,
  };
}

/** The same in as many characters as a text message holds at a fair price; what is cut stands behind the link. */
export function smsText(notice: Notice): string {
  const { subject } = noticeWords(notice);
  const room = smsLength - notice.link.length - 1;
  return `${subject.length > room ? `${subject.slice(0, room - 1)}…` : subject} ${notice.link}`;
}
const smsLength = 200;

export type GroupLines = { lines: string[]; link: string };

/**
 * What a group hears: what is wrong, whom it calls, and where to act. Short enough for every robot; the telling's own name
 * is in it, by which people tell a second copy.
 */
export function groupLines(notice: Notice, names: readonly string[], name: string): GroupLines {
  const { next, link } = notice;
  const { subject } = noticeWords(notice);
  return {
    lines: [
      subject.length > groupLength ? `${subject.slice(0, groupLength - 1)}…` : subject,
      `请 ${namesOf(names)} 接手`,
      ...(next
        ? [`${clockTime(next.at)} 前无人接手，将通知：${namesOf(next.people.map((person) => person.name))}`]
        : []),
      `[${alarmKeyword} ${name}]`,
    ],
    link,
  };
}
const groupLength = 160;
const namesOf = (names: readonly string[]) =>
  names.length > 10 ? `${names.slice(0, 10).join('、')} 等 ${names.length} 人` : names.join('、');

const deliveryWords: Record<
  Extract<AlarmSubject, { kind: 'delivery' }>['because'],
  { title: string; says: (title: string, channel: string) => string }
> = {
  banned: {
    title: '渠道内容被下架',
    says: (title, channel) => `《${title}》已推送到“${channel}”，复查时发现被平台下架。`,
  },
  gone: {
    title: '渠道内容已不在',
    says: (title, channel) => `《${title}》已推送到“${channel}”，复查时发现已被删除。`,
  },
  bounced: {
    title: '邮件被退回',
    says: (title, channel) => `《${title}》发往“${channel}”的邮件有收件人没有收到，请另行送达。`,
  },
  unknown: {
    title: '投递结果待人核实',
    says: (title, channel) => `《${title}》推送到“${channel}”的结果未知，系统已无法查明，请向对方核实后在投递台判定。`,
  },
  failed: {
    title: '辟谣未能送达',
    says: (title, channel) => `辟谣《${title}》没有送达“${channel}”，系统不会再试，请处理后在投递台重新投递。`,
  },
};
