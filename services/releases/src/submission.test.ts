import type { SubmissionCommand, SubmissionEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { submission } from './submission.ts';

const given = specify(submission);
const key = { submissionId: 'offer', site: 'city' };
const to = { kind: 'site' as const, site: 'province', name: '省局' };
const dueAt = minutesLater(1440);
const slot = minutesLater(600);
const person = (id: string) => ({ kind: 'person' as const, id, name: `同志${id}` });
const by = (id: string) => ({ by: id, byName: `同志${id}` });
const head = (actingSite: string) => ({
  id: `c-${actingSite}`,
  at: noon,
  actor: person(actingSite),
  ...key,
  actingSite,
});
const what = { releaseId: 'release', contentHash: hashA, title: '我市推出便民措施', to };
const wish = { slot, html: null, message: '拟于明日上午同步发布' };
const offer: SubmissionCommand = { type: 'submission.offer', ...head('city'), ...what, ...wish, limit: 'P1D', dueAt };
const offered: SubmissionEvent = {
  type: 'submission.offered',
  ...key,
  ...what,
  ...wish,
  limit: 'P1D',
  dueAt,
  ...by('city'),
  offeredAt: noon,
};
const acknowledge = (site = 'province'): SubmissionCommand => ({ type: 'submission.acknowledge', ...head(site) });
const acknowledged: SubmissionEvent = {
  type: 'submission.acknowledged',
  ...key,
  ...by('province'),
  acknowledgedAt: noon,
};
const later = minutesLater(900);
const counter = (site: string, when: string | null = later): SubmissionCommand => ({
  type: 'submission.counter',
  ...head(site),
  slot: when,
  html: null,
  message: '改到下午',
  dueAt,
});
const countered = (site: 'city' | 'province', when: string | null = later): SubmissionEvent => ({
  type: 'submission.countered',
  ...key,
  side: site === 'city' ? 'offering' : 'receiving',
  slot: when,
  html: null,
  message: '改到下午',
  dueAt,
  ...by(site),
  counteredAt: noon,
});
const agree = (site: string): SubmissionCommand => ({ type: 'submission.agree', ...head(site) });
const agreed = (site: 'city' | 'province', when: string | null = later): SubmissionEvent => ({
  type: 'submission.agreed',
  ...key,
  side: site === 'city' ? 'offering' : 'receiving',
  slot: when,
  html: null,
  ...by(site),
  agreedAt: noon,
});
const decline = (site: string): SubmissionCommand => ({
  type: 'submission.decline',
  ...head(site),
  reason: '已有同类',
});
const withdraw = (site: string): SubmissionCommand => ({
  type: 'submission.withdraw',
  ...head(site),
  reason: '不再需要',
});
const adopt: SubmissionCommand = {
  type: 'submission.record_adopted',
  ...head('province'),
  actor: service,
  url: 'https://tax.example/province/press/release',
};
const warn: SubmissionCommand = {
  type: 'submission.warn',
  ...head('city'),
  actor: service,
  share: 100,
  fellDueAt: dueAt,
};

describe('a submission', () => {
  it('is offered to another site, once', () => {
    given().when(offer).yields(offered);
    given(offered).when(offer).yields();
    given()
      .when({ ...offer, to: { ...to, site: 'city' } })
      .isRefused('submission_wrong_side');
    given()
      .when({ ...offer, actingSite: 'province' })
      .isRefused('submission_wrong_side');
  });
  it('is acknowledged by who got it', () => {
    given(offered).when(acknowledge()).yields(acknowledged);
    given(offered, acknowledged).when(acknowledge()).yields();
    given(offered).when(acknowledge('city')).isRefused('submission_wrong_side');
    given(offered).when(acknowledge('stranger')).isRefused('submission_wrong_side');
  });
  it('is agreed to by the side that did not propose', () => {
    given(offered).when(agree('province')).yields(agreed('province', slot));
    given(offered).when(agree('city')).isRefused('submission_own');
    given(offered, countered('province')).when(agree('province')).isRefused('submission_own');
    given(offered, countered('province')).when(agree('city')).yields(agreed('city'));
    given(offered, countered('province'), countered('city', slot))
      .when(agree('province'))
      .yields(agreed('province', slot));
  });
  it('is not agreed to for a moment that is over', () => {
    given({ ...offered, slot: noon } as SubmissionEvent)
      .when(agree('province'))
      .isRefused('submission_slot_past');
  });
  it('is declined by who got it, with a reason, and withdrawn by who offered it', () => {
    given(offered).when(decline('city')).isRefused('submission_wrong_side');
    given(offered).when(withdraw('province')).isRefused('submission_wrong_side');
    const [declined] = given(offered).when(decline('province')).events();
    given(offered, declined!).when(agree('province')).isRefused('submission_closed');
    given(offered, declined!).when(decline('province')).yields();
    const [withdrawn] = given(offered).when(withdraw('city')).events();
    given(offered, withdrawn!).when(counter('province')).isRefused('submission_closed');
  });
  it('is adopted when the other side published what was agreed', () => {
    given(offered, agreed('province'))
      .when(adopt)
      .yields({
        type: 'submission.adopted',
        ...key,
        url: 'https://tax.example/province/press/release',
        adoptedAt: noon,
      });
    given(offered).when(adopt).yields();
  });
  it('warns once while an answer is owed, and anew after each counter-proposal', () => {
    const warned: SubmissionEvent = { type: 'submission.warned', ...key, share: 100, fellDueAt: dueAt, warnedAt: noon };
    given(offered).when(warn).yields(warned);
    given(offered, warned).when(warn).yields();
    given(offered, warned, countered('province')).when(warn).yields(warned);
    given(offered, agreed('province')).when(warn).yields();
  });
});

describe('whatever both sides say, in any order', () => {
  const sites = fc.constantFrom('city', 'province', 'stranger');
  const any = fc.oneof(
    fc.constant(offer),
    sites.map(acknowledge),
    fc.tuple(sites, fc.constantFrom(slot, later, null)).map(([site, when]) => counter(site, when)),
    sites.map(agree),
    sites.map(decline),
    sites.map(withdraw),
    fc.constantFrom(adopt, warn),
  );
  it('nobody agrees to their own proposal, what is agreed was proposed, and it ends once', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (commands) => {
        let state = submission.initial;
        const past: SubmissionEvent[] = [];
        for (const command of commands) {
          let events: SubmissionEvent[] = [];
          try {
            events = submission.decide(command, state);
          } catch {
            continue;
          }
          for (const event of events) {
            if (event.type !== 'submission.agreed') continue;
            const last = past.findLast(
              (each) => each.type === 'submission.offered' || each.type === 'submission.countered',
            )!;
            expect(event.side).not.toBe(last.type === 'submission.countered' ? last.side : 'offering');
            expect(event.slot).toBe('slot' in last ? last.slot : undefined);
          }
          past.push(...events);
          state = events.reduce(submission.evolve, state);
        }
        const ends = past.filter(({ type }) => /agreed|declined|withdrawn/.test(type));
        expect(ends.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
