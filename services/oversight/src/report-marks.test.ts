import type { Entry } from '@tongsheng/bus';
import { AnyEvent } from '@tongsheng/contracts';
import { foldBatch, missedBy } from '@tongsheng/projections';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mayHold, reportMarks, Tally, type Matter } from './report-marks.ts';

const samples = (type: string): Record<string, unknown>[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../contracts/history', `${type}.json`), 'utf8')) as never;
/** An event as it was once written, told otherwise in some points. */
const event = (type: string, more: Record<string, unknown>): AnyEvent =>
  AnyEvent.parse({ ...samples(type)[0], ...more });
const period = { from: '2025-12-31T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z' };
const inside = '2026-06-01T00:00:00.000Z';
const after = '2026-12-31T16:00:00.000Z';
/** Each by itself in the log, one after the other. */
const entriesOf = (events: AnyEvent[]): Entry[] =>
  events.map((each, i) => {
    const { type, site, ...ids } = each as AnyEvent & Record<string, unknown>;
    const [aggregate = ''] = type.split('.');
    const id = Object.entries(ids).find(([name]) => name === idNames[aggregate])![1];
    const envelope = { time: inside };
    return { position: i + 1, aggregate, site, id, envelope, events: [each] } as unknown as Entry;
  });
const idNames: Record<string, string> = {
  release: 'releaseId',
  linked: 'linkedId',
  rumor: 'rumorCaseId',
  submission: 'submissionId',
  delivery: 'deliveryId',
  correction: 'correctionId',
  incident: 'incidentId',
  inspection: 'inspectionId',
};
const of = (...events: AnyEvent[]) => {
  const tally = new Tally(period);
  for (const [sheet, lines] of foldBatch(reportMarks, new Map(), entriesOf(events)).sheets)
    if (mayHold(sheet, period, (site) => site === 'province')) for (const text of lines.values()) tally.add(text!);
  return tally.figures();
};
const out = (releaseId: string, more: Record<string, unknown> = {}, publishedAt = inside, site = 'province') => [
  event('release.signed', { releaseId, site, ...more }),
  event('release.published', { releaseId, site, publishedAt }),
];

it('counts what was first public in the period, of our sites, by what it is', () => {
  const figures = of(
    ...out('a', { kind: 'interpretation', format: 'text' }),
    ...out('b', { kind: 'interpretation', format: 'video' }),
    ...out('c', { kind: 'rebuttal' }),
    ...out('late', { kind: 'press' }, after),
    ...out('theirs', { kind: 'press' }, inside, 'city-a'),
    // Corrected: it is not out twice.
    event('release.published', { releaseId: 'a', site: 'province', publishedAt: inside, version: 2 }),
  );
  expect(figures).toMatchObject({
    published_own: '3',
    interpretations: '2',
    interpretations_material: '1',
    interpretations_product: '1',
    responses: '1',
    waivers: '0',
  });
});

it('counts a rebuttal as in time by its limit, and by the one that was set anew', () => {
  const reported = (rumorCaseId: string, dueAt: string) =>
    event('rumor.reported', { rumorCaseId, site: 'province', reportedAt: inside, dueAt });
  const rebutted = (rumorCaseId: string, rebuttedAt: string) =>
    event('rumor.rebutted', { rumorCaseId, site: 'province', rebuttedAt });
  const figures = of(
    reported('one', '2026-06-01T05:00:00.000Z'),
    rebutted('one', '2026-06-01T05:00:00.000Z'),
    reported('two', '2026-06-01T05:00:00.000Z'),
    rebutted('two', '2026-06-01T05:00:00.001Z'),
    reported('three', '2026-06-01T05:00:00.000Z'),
    event('rumor.assessed', { rumorCaseId: 'three', site: 'province', dueAt: '2026-06-02T00:00:00.000Z' }),
    rebutted('three', '2026-06-01T08:00:00.000Z'),
  );
  expect(figures).toMatchObject({ rumors: '3', rebuttals: '3', rebuttals_on_time: '2' });
});

it('counts a delivery once, when it was first known to be there, by its channel', () => {
  const requested = (deliveryId: string, channelKind: string) =>
    event('delivery.requested', { deliveryId, site: 'province', channelKind });
  const answered = (deliveryId: string, outcome: string, answeredAt = inside) =>
    event('delivery.answered', { deliveryId, site: 'province', outcome, answeredAt });
  const figures = of(
    requested('w', 'wechat_publish'),
    answered('w', 'accepted_pending'),
    event('delivery.probed', { deliveryId: 'w', site: 'province', finding: 'present', probedAt: inside }),
    event('delivery.probed', { deliveryId: 'w', site: 'province', finding: 'present', probedAt: inside }),
    requested('m', 'email'),
    answered('m', 'confirmed'),
    requested('x', 'weibo'),
    answered('x', 'unknown'),
  );
  expect(figures).toMatchObject({ wechat_posts: '1', weibo_posts: '0', other_posts: '1' });
});

it('counts a linked release with policy by whether its interpretation was in it, or somebody answered for going without', () => {
  const planned = (linkedId: string, roles: string[]) =>
    event('linked.planned', {
      linkedId,
      site: 'province',
      parts: roles.map((role) => ({ releaseId: role, site: 'province', role })),
    });
  const opened = (linkedId: string, openedAt = inside) =>
    event('linked.opened', { linkedId, site: 'province', openedAt });
  const figures = of(
    planned('both', ['policy', 'interpretation']),
    opened('both'),
    planned('alone', ['policy']),
    event('linked.waived', { linkedId: 'alone', site: 'province' }),
    opened('alone'),
    planned('news', ['news']),
    opened('news'),
    planned('never', ['policy', 'interpretation']),
  );
  expect(figures).toMatchObject({ with_policy: '1', waivers: '1' });
});

it('counts what netizens reported in the period, by its first answer, without what reports nothing', () => {
  const received = (correctionId: string, receivedAt = inside) =>
    event('correction.received', { correctionId, site: 'province', receivedAt, dueAt: '2026-06-04T00:00:00.000Z' });
  const answered = (correctionId: string, answeredAt: string) =>
    event('correction.answered', { correctionId, site: 'province', answeredAt });
  const figures = of(
    received('a'),
    answered('a', '2026-06-04T00:00:00.000Z'),
    answered('a', '2026-06-09T00:00:00.000Z'),
    received('b'),
    answered('b', '2026-06-04T00:00:00.001Z'),
    received('open'),
    received('spam'),
    event('correction.spam_marked', { correctionId: 'spam', site: 'province' }),
    received('later', after),
  );
  expect(figures).toMatchObject({ corrections_received: '3', corrections_answered: '2', corrections_on_time: '1' });
});

it('counts incidents, and of fake sites those that were referred, once', () => {
  const opened = (incidentId: string, kind: string) =>
    event('incident.opened', { incidentId, site: 'province', kind, openedAt: inside });
  const referred = (incidentId: string) => event('incident.referred', { incidentId, site: 'province' });
  const figures = of(
    opened('a', 'fake_site'),
    referred('a'),
    referred('a'),
    opened('b', 'fake_site'),
    opened('c', 'attack'),
  );
  expect(figures).toMatchObject({ incidents: '3', fake_sites: '2', fake_sites_referred: '1' });
});

it('counts inspections when they are public, and says the lowest share', () => {
  const key = (inspectionId: string) => ({ inspectionId, site: 'province' });
  const sites = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`);
  const population = sites(10).map((siteId) => ({
    ...(samples('inspection.opened')[0]!['population'] as object[])[0],
    siteId,
  }));
  const inspected = (id: string, chosen: number) => [
    event('inspection.opened', { ...key(id), population }),
    event('inspection.drawn', { ...key(id), chosen: sites(chosen), order: sites(10) }),
    event('inspection.concluded', { ...key(id), siteId: 's0', result: 'failed', concludedAt: inside }),
    event('inspection.published', { ...key(id), stage: 'results', version: 1, publishedAt: inside }),
  ];
  expect(of(...inspected('2026-Q1', 3), ...inspected('2026-Q2', 5))).toMatchObject({
    inspections: '2',
    inspected: '8',
    inspected_share: '30.00',
    inspected_failed: '2',
  });
  expect(of()['inspected_share']).toBe('没有办结的抽查');
});

it('counts the same however often a matter has left the model in between', () => {
  const key = { site: 'province', releaseId: 'r', correctionId: 'c', deliveryId: 'd', rumorCaseId: 'u' };
  const dueAt = '2026-06-02T00:00:00.000Z';
  const later = fc.constantFrom(
    event('release.signed', { ...key, version: 2 }),
    event('release.published', { ...key, publishedAt: inside }),
    event('correction.answered', { ...key, answeredAt: inside }),
    event('correction.deadline_moved', { ...key, dueAt }),
    event('correction.spam_marked', key),
    event('correction.spam_lifted', { ...key, receivedAt: inside, dueAt }),
    event('delivery.answered', { ...key, outcome: 'confirmed', answeredAt: inside }),
    event('delivery.probed', { ...key, finding: 'present', probedAt: after }),
    event('rumor.assessed', { ...key, dueAt }),
    event('rumor.rebutted', { ...key, rebuttedAt: inside }),
  );
  const first = [
    event('release.signed', key),
    event('correction.received', { ...key, receivedAt: inside, dueAt }),
    event('delivery.requested', key),
    event('rumor.reported', { ...key, reportedAt: inside, dueAt }),
  ];
  fc.assert(
    fc.property(fc.array(fc.tuple(later, fc.boolean()), { maxLength: 20 }), (said) => {
      const entries = entriesOf([...first, ...said.map(([each]) => each)]);
      const sheets = new Map<string, Map<string, string>>();
      const rows = new Map<string, Matter>();
      for (const [i, entry] of entries.entries()) {
        if (said[i - first.length]?.[1]) rows.clear();
        const recalled = new Map<string, Matter>();
        for (const name of missedBy(reportMarks, rows, [entry]).keys()) {
          const past = entries.slice(0, i).filter(({ aggregate }) => aggregate === entry.aggregate);
          const row = foldBatch(reportMarks, new Map(), past).rows.get(name);
          if (row) recalled.set(name, row);
        }
        const step = foldBatch(reportMarks, rows, [entry], recalled);
        for (const [name, row] of step.rows) rows.set(name, row!);
        for (const [name, lines] of step.sheets)
          for (const [line, text] of lines) {
            const sheet = sheets.get(name) ?? new Map<string, string>();
            sheets.set(name, sheet);
            if (text === null) sheet.delete(line);
            else sheet.set(line, text);
          }
      }
      const atOnce = foldBatch(reportMarks, new Map(), entries).sheets;
      const linesOf = (all: Iterable<[string, Map<string, string | null>]>) =>
        new Set(
          [...all].flatMap(([name, lines]) =>
            [...lines].flatMap(([line, text]) => (text === null ? [] : [`${name} ${line} ${text}`])),
          ),
        );
      expect(linesOf(sheets)).toEqual(linesOf(atOnce));
    }),
  );
});
