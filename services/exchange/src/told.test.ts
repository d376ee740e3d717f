import type { Neighbour, SubmissionCommand } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { isTold, letIn, type Offers } from './told.ts';

const national: Neighbour = {
  name: 'national',
  sites: [{ siteId: 'national', name: '国家税务总局', level: 'national' }],
  told: ['repost', 'submission'],
};
const answer = (more: object) =>
  ({
    type: 'submission.acknowledge',
    id: 'a1',
    at: '2026-11-26T01:00:00.000Z',
    actor: { kind: 'person', id: 'editor' },
    submissionId: 's',
    site: 'province',
    actingSite: 'national',
    ...more,
  }) as SubmissionCommand;

describe('what a neighbour is told of', () => {
  const entry = (aggregate: string, id = 's', events: unknown[] = []) => ({
    aggregate,
    site: 'province',
    id,
    events: events as never,
  });
  const offered = (site: string) => [{ type: 'submission.offered', to: { kind: 'site', site, name: site } }];

  it('is every repost, and each negotiation with a site of its own from the offer on', () => {
    const offers: Offers = new Map();
    expect(isTold(national, entry('repost'), offers)).toBe(true);
    expect(isTold(national, entry('submission', 'ours', offered('national')), offers)).toBe(true);
    expect(isTold(national, entry('submission', 'ours'), offers)).toBe(true);
  });

  it('is no negotiation with anybody else, and nothing that it was not promised', () => {
    const offers: Offers = new Map();
    expect(isTold(national, entry('submission', 'theirs', offered('other')), offers)).toBe(false);
    expect(isTold(national, entry('submission', 'theirs'), offers)).toBe(false);
    expect(isTold(national, entry('submission', 'unheard'), offers)).toBe(false);
    for (const aggregate of ['release', 'person', 'rumor', 'correction', 'item', 'access'])
      expect(isTold(national, entry(aggregate), offers)).toBe(false);
    expect(isTold({ ...national, told: [] }, entry('repost'), offers)).toBe(false);
  });
});

describe('what a neighbour may say', () => {
  it('is an answer for a site of its own, and it is the neighbour who says it', () => {
    expect(letIn(national, answer({}))).toMatchObject({
      id: 'national/a1',
      actor: { kind: 'service', id: 'neighbour-national', name: '国家税务总局' },
    });
  });

  it('is nothing on behalf of another site, and nothing that is for the one who offers', () => {
    expect(() => letIn(national, answer({ actingSite: 'province' }))).toThrow(/does not speak for/);
    for (const type of ['submission.offer', 'submission.withdraw', 'submission.record_adopted', 'submission.warn'])
      expect(() => letIn(national, answer({ type }))).toThrow(/not for national/);
  });
});
