import type { AlarmSubject } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { noticeWords, spanOf } from './message.ts';

const about: AlarmSubject = {
  kind: 'task',
  taskId: 'task',
  share: 90,
  title: '关于示例的公告',
  sourceName: '国家税务总局网站',
  startsAt: minutesLater(-648),
  dueAt: minutesLater(72),
};
const notice = {
  about,
  siteName: '某省税务局网站',
  at: noon,
  link: 'https://console.example/reposts/province/task',
  before: [{ name: '冯值班', at: minutesLater(-5) }],
  next: { people: [{ personId: 'wu', name: '吴主任' }], at: minutesLater(10) },
};

describe('a notice of a task', () => {
  it('says what, whose, how much time is left, where, who knows and who is next', () => {
    const { subject, text } = noticeWords(notice);
    expect(subject).toBe('【值班告警】剩 1 小时 12 分钟：关于示例的公告');
    for (const said of [
      '《关于示例的公告》还没有发布，时限已用 90%，剩 1 小时 12 分钟',
      '来源：国家税务总局网站',
      '应于 11-23 13:12 前转载',
      '站点：某省税务局网站',
      'https://console.example/reposts/province/task',
      '此前已通知：冯值班（11-23 11:55）',
      '11-23 12:10 前无人接手，将通知：吴主任',
    ])
      expect(text).toContain(said);
  });
  it('says to the first and to the last that they are', () => {
    const { text } = noticeWords({ ...notice, before: [], next: null });
    expect(text).toContain('您是第一位');
    expect(text).toContain('您之后没有下一位');
  });
  it('says how late it is', () => {
    expect(noticeWords({ ...notice, at: minutesLater(137) }).subject).toContain('已超时 1 小时 5 分钟');
  });
});

it('a notice of a source says since when it is silent', () => {
  const source: AlarmSubject = {
    kind: 'source',
    sourceId: 'national-policy',
    name: '国家税务总局网站',
    detector: 'https://upstream.example/list',
    code: 'timeout',
    failingSince: minutesLater(-185),
    hours: 3,
  };
  const { subject, text } = noticeWords({ ...notice, about: source, siteName: null });
  expect(subject).toBe('【值班告警】已失联 3 小时 5 分钟：国家税务总局网站失联');
  expect(text).toContain('读取失败已超过 3 小时');
  expect(text).toContain('站点：全部');
});

it('a notice of a rumor says what is claimed, and until when it is to be answered', () => {
  const rumor: AlarmSubject = {
    kind: 'rumor',
    rumorCaseId: 'rumor',
    share: 90,
    claim: '存款要缴税',
    startsAt: minutesLater(-270),
    dueAt: minutesLater(30),
  };
  const { subject, text } = noticeWords({ ...notice, about: rumor });
  expect(subject).toBe('【值班告警】剩 30 分钟：存款要缴税');
  expect(text).toContain('应于 11-23 12:30 前辟谣');
});

it('a span is in whole minutes', () => {
  expect([0, 59_999, 60_000, 3_600_000, 90_060_000].map(spanOf)).toEqual([
    '0 分钟',
    '0 分钟',
    '1 分钟',
    '1 小时',
    '25 小时 1 分钟',
  ]);
});

it('a notice of what is gone from a channel says where, how and since when', () => {
  const lost: AlarmSubject = {
    kind: 'delivery',
    deliveryId: 'd',
    releaseId: 'r',
    title: '关于存款缴税传言的说明',
    channelName: '微信公众号',
    because: 'banned',
    detail: 'publish_status 6',
    lostAt: noon,
  };
  const { subject, text } = noticeWords({ ...notice, about: lost });
  expect(subject).toBe('【值班告警】渠道内容被下架：关于存款缴税传言的说明');
  expect(text).toContain('已推送到“微信公众号”，复查时发现被平台下架');
  expect(text).toContain('publish_status 6');
});

it('a notice of a refused login says what waits and what to do', () => {
  const refused: AlarmSubject = {
    kind: 'credential',
    credentialId: 'c',
    channelId: 'wechat',
    channelName: '微信公众号',
    detail: 'errcode 40164',
    failedAt: minutesLater(-5),
  };
  const { subject, text } = noticeWords({ ...notice, about: refused });
  expect(subject).toBe('【值班告警】渠道登录被拒 5 分钟：微信公众号');
  expect(text).toContain('不会再试，以免账号被锁');
  expect(text).toContain('errcode 40164');
});

it('a notice of a page says what the public reads there, and where', () => {
  const page: AlarmSubject = {
    kind: 'page',
    taskId: 'task',
    title: '关于停用旧版申报表的公告',
    drift: 'reappeared',
    url: 'https://tax.example/province/repost/task',
    detail: 'the page can still be read',
    driftedAt: noon,
  };
  const { subject, text } = noticeWords({ ...notice, about: page });
  expect(subject).toBe('【值班告警】撤下的内容又能看到：关于停用旧版申报表的公告');
  expect(text).toContain('https://tax.example/province/repost/task');
  const { text: other } = noticeWords({ ...notice, about: { ...page, drift: 'replaced' } });
  expect(other).toContain('疑似被篡改');
});

it('whatever is sent of a drill says so, and nothing of it looks like an alarm', () => {
  const drill: AlarmSubject = {
    kind: 'drill',
    drillId: 'drill',
    on: 'page',
    scenario: '夜间网页被换',
    by: 'wu',
    byName: '吴主任',
    startedAt: noon,
  };
  const { subject, text } = noticeWords({ ...notice, about: drill });
  expect(subject).toBe('【演练】夜间网页被换（无需处置）');
  expect(subject).not.toContain('值班告警');
  expect(text).toMatch(/^【演练】这是演练，不是真实告警/);
});

it('a notice of an incident says how grave it is, and until when it is to be reported', () => {
  const incident: AlarmSubject = {
    kind: 'incident',
    incidentId: 'fake',
    incident: 'fake_site',
    severity: 'major',
    title: '假冒省局网站',
    share: null,
    startsAt: noon,
    dueAt: minutesLater(60),
  };
  expect(noticeWords({ ...notice, about: incident }).subject).toBe('【值班告警】重大事件：假冒省局网站');
  const late = noticeWords({ ...notice, about: { ...incident, share: 100 }, at: minutesLater(75) });
  expect(late.subject).toBe('【值班告警】首报已超时 15 分钟：假冒省局网站');
  expect(late.text).toContain('应于 11-23 13:00 前首次上报');
});

it('a notice of a channel that stands still says how many wait, since when, and that a rebuttal does', () => {
  const stopped: AlarmSubject = {
    kind: 'stoppage',
    channelId: 'wechat',
    channelName: '公众号',
    urgency: 'rebuttal',
    waiting: 3,
    detail: 'HTTP 503',
    since: minutesLater(-5),
  };
  const { subject, text } = noticeWords({ ...notice, about: stopped });
  expect(subject).toBe('【值班告警】渠道中断 5 分钟：公众号');
  expect(text).toContain('有 3 个投递在等待，其中有辟谣');
  expect(text).toContain('最近一次：HTTP 503');
});
