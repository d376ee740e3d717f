import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { foldReport, reportForm, reportReminders, type ReportEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';

type Reminded = Extract<ReportEvent, { type: 'report.reminded' }>;

/** When the days until a table has to be public run out, then an alarm; when it is approved, its end. */
@Controller()
export class RaiseReportAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('report', 'raise-report-alarms')
  async react(@Payload() entry: Entry<ReportEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'report.reminded') await this.#remind(entry, event);
      if (event.type === 'report.approved') await this.#close(entry, event, reportReminders, 'published');
    }
  }

  /** What was approved meanwhile, or is said more urgently already, wakes nobody. */
  async #remind(entry: Entry, event: Reminded) {
    const { site, reportId, days } = event;
    const past = (await this.journal.read({ aggregate: 'report', site, id: reportId })).events as ReportEvent[];
    const row = past.reduce(foldReport, null);
    if (!row || row.dueAt === null || row.approvedAt !== null) return;
    if (past.some((each) => each.type === 'report.reminded' && each.days < days)) return;
    const { dueAt, template } = row;
    const about = { kind: 'report' as const, reportId, days, title: reportForm(template).title, dueAt };
    await this.alarming.raise(entry, { alarmId: reportAlarm(event, days), site }, about);
    const less = reportReminders.filter((each) => each > days);
    await this.#close(entry, event, less, 'superseded');
  }

  async #close(entry: Entry, key: Key, reminders: readonly number[], because: 'published' | 'superseded') {
    for (const days of reminders)
      await this.alarming.close(entry, { alarmId: reportAlarm(key, days), site: key.site }, because);
  }
}

type Key = Pick<ReportEvent, 'site' | 'reportId'>;

const reportAlarm = ({ site, reportId }: Key, days: number) => alarmIdOf('report', site, reportId, days);
