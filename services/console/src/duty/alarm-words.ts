import type { AlarmSubject } from '@tongsheng/contracts';
import type { useWords } from '../words/index.ts';

/** What is wrong, in a few words. */
export function whatOf(about: AlarmSubject, t: ReturnType<typeof useWords>): string {
  switch (about.kind) {
    case 'task':
      return t('alarm.task', { share: about.share });
    case 'rumor':
      return t('alarm.rumor', { share: about.share });
    case 'correction':
      return t('alarm.correction', { share: about.share });
    case 'report':
      return about.days === 0 ? t('alarm.report.over') : t('alarm.report', { days: about.days });
    case 'calendar':
      return t('alarm.calendar', { year: about.year });
    case 'inspection':
      return t('alarm.inspection', { share: about.share });
    case 'submission':
      return t(about.waitsFor === null ? 'alarm.submission.ours' : 'alarm.submission', { share: about.share });
    case 'review_debt':
      return t('alarm.review_debt', { share: about.share });
    case 'assignment':
      return t('alarm.assignment', { share: about.share });
    case 'source':
      return t('alarm.source', { hours: about.hours });
    case 'delivery':
      return t(`alarm.delivery.${about.because}`);
    case 'credential':
      return t('alarm.credential');
    case 'stoppage':
      return t('alarm.stoppage', { count: about.waiting });
    case 'balance':
      return t(about.missing > 0 ? 'alarm.balance' : 'alarm.balance.doubled', {
        count: about.missing > 0 ? about.missing : about.doubled,
      });
    case 'page':
      return t(`alarm.page.${about.drift}`);
    case 'recall':
      return t(`alarm.recall.${about.because}`);
    case 'linked':
      return about.minutes === null ? t('alarm.linked.stopped') : t('alarm.linked', { minutes: about.minutes });
    case 'incident':
      return about.share === null
        ? t('alarm.incident.grave', { severity: t(`severity.${about.severity}`) })
        : t('alarm.incident', { share: about.share });
    case 'handover':
      return t(`alarm.handover.${about.because}`);
    case 'drill':
      return t('alarm.drill');
  }
}
