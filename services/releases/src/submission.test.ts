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
const counter = (site: string, when: string | null = later) => ({
  type: 'submission.counter' as const,
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
const agree = (site: string) => ({ type: 'submission.agree' as const, ...head(site) });
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
const adopt = {
  type: 'submission.record_adopted' as const,
  ...head('province'),
  actor: service,
  url: 'https://tax.example/province/press/release',
} satisfies SubmissionCommand;
const adopted: SubmissionEvent = { type: 'submission.adopted', ...key, url: adopt.url, adoptedAt: noon };
const arrange: SubmissionCommand = {
  type: 'submission.record_arranged',
  ...head('city'),
  actor: service,
  linked: { site: 'city', linkedId: 'offer' },
  adoptedAs: null,
  agreedHash: hashA,
  trouble: null,
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
    given()
      .when({ ...offer, slot: noon })
      .isRefused('submission_slot_past');
    given(offered).when(counter('province', noon)).isRefused('submission_slot_past');
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
    given(offered, agreed('province'), adopted).when(adopt).yields();
  });
  it('is adopted when the other side published it although nobody had agreed: that is a fact', () => {
    given(offered).when(adopt).yields(adopted);
  });
  it('is answered as it was seen: of two who answer the same proposal the second learns that there is another', () => {
    given(offered)
      .when({ ...agree('province'), turn: 1 })
      .yields(agreed('province', slot));
    given(offered, countered('province'), countered('city', slot))
      .when({ ...agree('province'), turn: 1 })
      .isRefused('submission_changed');
    given(offered, countered('province'))
      .when({ ...counter('province', minutesLater(950)), turn: 1 })
      .isRefused('submission_changed');
  });
  it('that was agreed can be left by either side until it is public', () => {
    const [declined] = given(offered, agreed('province')).when(decline('province')).events();
    expect(declined).toMatchObject({ type: 'submission.declined', reason: '已有同类' });
    given(offered, agreed('province'), adopted).when(decline('province')).isRefused('submission_closed');
    const [withdrawn] = given(offered, agreed('province')).when(withdraw('city')).events();
    expect(withdrawn).toMatchObject({ type: 'submission.withdrawn' });
  });
  it('is arranged once, after it was agreed', () => {
    given(offered).when(arrange).yields();
    const [arranged] = given(offered, agreed('province')).when(arrange).events();
    expect(arranged).toMatchObject({ type: 'submission.arranged', linked: { site: 'city', linkedId: 'offer' } });
    given(offered, agreed('province'), arranged!).when(arrange).yields();
  });
  it('has where it is said to be published looked at before that counts', () => {
    const claim: SubmissionCommand = { type: 'submission.claim_adopted', ...head('city'), url: adopt.url };
    const [claimed] = given(offered, agreed('province')).when(claim).events();
    const unproven: SubmissionCommand = {
      type: 'submission.record_unproven',
      ...head('city'),
      url: adopt.url,
      detail: '404',
    };
    given(offered, agreed('province')).when(unproven).yields();
    given(offered, agreed('province'), claimed!)
      .when(unproven)
      .yields({ type: 'submission.unproven', ...key, url: adopt.url, detail: '404', lookedAt: noon });
  });
  it('tells an office outside each letter once, and again when a person says so', () => {
    const outside = {
      ...offered,
      to: { kind: 'email', address: 'a@b.example', name: '市政府门户' },
    } as SubmissionEvent;
    const tell: SubmissionCommand = {
      type: 'submission.record_told',
      ...head('city'),
      letter: 'proposal',
      turn: 1,
      by: 'email',
      outcome: 'failed',
      detail: '550',
    };
    const [told] = given(outside).when(tell).events();
    given(outside, told!).when(tell).yields();
    const again: SubmissionCommand = { type: 'submission.tell_again', ...head('city') };
    const [asked] = given(outside, told!).when(again).events();
    expect(given(outside, told!, asked!).when(tell).events()).toHaveLength(1);
    given(offered).when(again).isRefused('submission_wrong_side');
    given(outside)
      .when({ ...agree('province'), actingSite: '-' })
      .yields(agreed('province', slot));
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
    fc.constantFrom(adopt, warn, arrange),
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
        const count = (...types: string[]) => past.filter(({ type }) => types.includes(type)).length;
        expect(count('submission.agreed')).toBeLessThanOrEqual(1);
        expect(count('submission.declined', 'submission.withdrawn')).toBeLessThanOrEqual(1);
        expect(count('submission.adopted')).toBeLessThanOrEqual(1);
        expect(count('submission.arranged')).toBeLessThanOrEqual(count('submission.agreed'));
        const left = past.findIndex(({ type }) => /declined|withdrawn/.test(type));
        const answers = past.findLastIndex(({ type }) => /countered|agreed|acknowledged/.test(type));
        if (left !== -1) expect(answers).toBeLessThan(left);
      }),
    );
  });
});
