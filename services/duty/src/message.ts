import type { AlarmSubject, Reached } from '@tongsheng/contracts';
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

/** How much time is left of a task, or since when a source is silent. */
export function urgencyOf(about: AlarmSubject, at: string): string {
  if (about.kind === 'source') return `已失联 ${spanOf(Date.parse(at) - Date.parse(about.failingSince))}`;
  const left = Date.parse(about.dueAt) - Date.parse(at);
  return left > 0 ? `剩 ${spanOf(left)}` : `已超时 ${spanOf(left)}`;
}

/** What a person is told outside the console: what, whose, how long, where to act, who knows, who is next. */
export function noticeWords(notice: Notice): { subject: string; text: string } {
  const { about, siteName, at, link, before, next } = notice;
  const title = about.kind === 'task' ? `《${about.title}》` : `来源“${about.name}”`;
  const urgency = urgencyOf(about, at);
  const what =
    about.kind === 'task'
      ? [
          `转载任务${title}还没有发布，时限已用 ${about.share}%，${urgency}。`,
          `来源：${about.sourceName}`,
          `应于 ${clockTime(about.dueAt)} 前转载`,
        ]
      : [
          `${title}读取失败已超过 ${about.hours} 小时，其间的新稿不会变成转载任务。`,
          `自 ${clockTime(about.failingSince)} 起，原因代码 ${about.code}`,
          ...(about.detector ? [`读取地址：${about.detector}`] : []),
        ];
  const known = before.map(({ name, at: told }) => `${name}（${clockTime(told)}）`).join('、');
  const lines = [
    ...what,
    `站点：${siteName ?? '全部'}`,
    `在此处理：${link}`,
    `此前已通知：${known || '无，您是第一位'}`,
    next
      ? `${clockTime(next.at)} 前无人接手，将通知：${next.people.map(({ name }) => name).join('、')}`
      : '您之后没有下一位，请务必接手。',
  ];
  return {
    subject: `【值班告警】${urgency}：${about.kind === 'task' ? about.title : `${about.name}失联`}`,
    text: `${lines.join('\n')}\n\n请登录控制台，在“当班台”按 Enter 接手；接手后不再通知他人。时间均为北京时间。\n`,
  };
}
