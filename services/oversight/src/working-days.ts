import { isWeekend, type WorkCalendar } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

/** What is known of years, by year. */
export type Calendars = ReadonlyMap<number, Pick<WorkCalendar, 'holidays' | 'workdays'>>;

/** 税总发〔2017〕84号 二(五)2: 在3个工作日内答复网民. */
const workingDays = 3;

/** Whether a day, by its name in Beijing, is worked. A notice may speak of the December before its year, and goes before that one's. */
export function isWorkingDay(day: string, calendars: Calendars): boolean {
  const year = Number(day.slice(0, 4));
  for (const known of [calendars.get(year + 1), calendars.get(year)]) {
    if (known?.holidays.includes(day)) return false;
    if (known?.workdays.includes(day)) return true;
  }
  return !isWeekend(day);
}

/**
 * Until when a netizen is to be answered: 24:00, Beijing time, of the third working day, the day of receipt not counted
 * (民法典 第201条: 开始的当日不计入，自下一日开始计算; 第203条: 最后一日的截止时间为二十四时).
 * `unknownYears`: years whose days were counted although their holidays are not known; of them only weekends were left out.
 */
export function answerLimit(receivedAt: string, calendars: Calendars): { dueAt: string; unknownYears: number[] } {
  let day = DateTime.fromISO(receivedAt, { zone: 'Asia/Shanghai' }).startOf('day');
  const unknown = new Set<number>();
  for (let counted = 0; counted < workingDays;) {
    day = day.plus({ days: 1 });
    if (!calendars.has(day.year)) unknown.add(day.year);
    if (isWorkingDay(day.toISODate()!, calendars)) counted++;
  }
  return {
    dueAt: day.plus({ days: 1 }).toUTC().toISO()!,
    unknownYears: [...unknown].sort((one, other) => one - other),
  };
}
