import { defineAggregate } from '@tongsheng/bus';
import {
  probePlan,
  Refusal,
  SiteCheckCommand,
  siteCheckAfter,
  SiteCheckEvent,
  type SiteCheckRow,
} from '@tongsheng/contracts';
import { DateTime } from 'luxon';

type SiteCheck = {
  row: SiteCheckRow | null;
  /** Probes whose moment has come, and those that were done or missed. */
  due: number[];
  done: number[];
  isEnded: boolean;
};

/** A probe that is this late was nobody's at its moment: asking now would say something of another one. In ms. */
const lateMs = 20 * 60_000;

/** What a machine looks at of one website, once: probes through a week, pages, links, reposts. */
export const siteCheck = defineAggregate({
  name: 'site_check',
  commands: SiteCheckCommand,
  events: SiteCheckEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.checkId,
  opens: ['site_check.begin'],
  initial: { row: null, due: [], done: [], isEnded: false } as SiteCheck,

  decide(command, { row, due, done, isEnded }): SiteCheckEvent[] {
    const { checkId, site, at } = command;
    const head = { checkId, site };
    if (command.type === 'site_check.begin') {
      if (row) return [];
      if (!command.registered)
        throw new Refusal('command_invalid', 'registered: the service says it, from the registry');
      const { count: probes, everyMinutes, withinSeconds } = probePlan;
      const plan = { probes, everyMinutes, withinSeconds };
      const { id: by, name: byName = by } = command.actor;
      return [{ type: 'site_check.begun', ...head, ...command.registered, ...plan, by, byName, begunAt: at }];
    }
    if (!row) throw new Refusal('site_check_missing', `no check ${checkId} of ${site}`);

    const planned = row.probes.planned;
    const withEnd = (event: SiteCheckEvent): SiteCheckEvent[] =>
      done.length + 1 < planned ? [event] : [event, { type: 'site_check.ended', ...head, endedAt: at }];
    switch (command.type) {
      case 'site_check.probe': {
        const { n, fellDueAt } = command;
        if (isEnded || n >= planned || due.includes(n) || done.includes(n)) return [];
        if (DateTime.fromISO(at).diff(DateTime.fromISO(fellDueAt)).toMillis() > lateMs)
          return withEnd({ type: 'site_check.probe_missed', ...head, n, fellDueAt, missedAt: at });
        return [{ type: 'site_check.probe_due', ...head, n, fellDueAt, dueAt: at }];
      }
      case 'site_check.record_probe': {
        const { n, code, detail, tookMs } = command;
        if (!due.includes(n) || done.includes(n)) return [];
        return withEnd({ type: 'site_check.probed', ...head, n, code, detail, tookMs, probedAt: at });
      }
      case 'site_check.record_page': {
        const { page } = command;
        if (row.pages.some((each) => each.at === page.at) || page.at >= row.columns.length) return [];
        return [{ type: 'site_check.page_read', ...head, ...page, readAt: at }];
      }
      case 'site_check.record_links': {
        const { from, followed, left, dead } = command;
        if (from !== row.links.followed || row.links.left === 0) return [];
        return [{ type: 'site_check.links_followed', ...head, from, followed, left, dead, followedAt: at }];
      }
      case 'site_check.record_reposts': {
        if (row.reposts) return [];
        const { looks, trouble } = command;
        return [{ type: 'site_check.reposts_looked', ...head, looks, trouble, lookedAt: at }];
      }
    }
  },

  evolve(past, event): SiteCheck {
    const known = { ...past, row: siteCheckAfter(past.row, event) };
    switch (event.type) {
      case 'site_check.probe_due':
        return { ...known, due: [...past.due, event.n] };
      case 'site_check.probed':
      case 'site_check.probe_missed':
        return { ...known, done: [...past.done, event.n] };
      case 'site_check.ended':
        return { ...known, isEnded: true };
      case 'site_check.begun':
      case 'site_check.page_read':
      case 'site_check.links_followed':
      case 'site_check.reposts_looked':
        return known;
    }
  },
});
