import { describe, expect, it } from 'vitest';
import {
  pathsFor,
  plainReview,
  seatsOf,
  standstillOf,
  usualRoles,
  type Colleague,
  type House,
  type Leave,
  type ReleaseChain,
  type Role,
} from './index.ts';

const at = '2026-11-26T09:00:00.000Z';
const worker = (personId: string, roles: Role[], sites = ['province']): Colleague => ({
  personId,
  name: `同志${personId}`,
  roles,
  sites,
  disabled: false,
});
const house = (people: Colleague[], leaves: Leave[] = []): House => ({ site: 'province', people, leaves, at });
const away = (personId: string, deputyId: string | null = null, more: Partial<Leave> = {}): Leave => ({
  leaveId: `leave-${personId}`,
  site: '*',
  personId,
  deputyId,
  steps: [],
  from: '2026-11-26T00:00:00.000Z',
  to: '2026-11-27T00:00:00.000Z',
  reason: '',
  cancelled: false,
  ...more,
});
const three = [worker('r', ['reviewer']), worker('c', ['confidentiality']), worker('s', ['signer'])];
const review = { step: 'review' as const, roles: usualRoles.review };
const names = (people: Colleague[], leaves: Leave[] = [], without: string[] = []) =>
  seatsOf(review, house(people, leaves), without).map((seat) => [seat.personId, seat.for?.personId ?? null]);

describe('a step of the chain can be taken by', () => {
  it('whoever has the role at the site, works there still, and neither wrote nor signed', () => {
    const people = [...three, worker('r2', ['reviewer']), worker('far', ['reviewer'], ['city'])];
    expect(names(people)).toEqual([
      ['r', null],
      ['r2', null],
    ]);
    expect(names([{ ...three[0]!, disabled: true }])).toEqual([]);
    expect(names(people, [], ['r'])).toEqual([['r2', null]]);
  });
  it('the deputy of who is away, whatever their role, from the first moment to the last', () => {
    const people = [...three, worker('d', ['comms'])];
    expect(names(people, [away('r', 'd')])).toEqual([['d', 'r']]);
    expect(names(people, [away('r', 'd', { from: at })])).toEqual([['d', 'r']]);
    expect(names(people, [away('r', 'd', { to: at })])).toEqual([['r', null]]);
    expect(names(people, [away('r', 'd', { cancelled: true })])).toEqual([['r', null]]);
    expect(names(people, [away('r', 'd', { steps: ['sign'] })])).toEqual([]);
    expect(names(people, [away('r', 'd', { site: 'city' })])).toEqual([['r', null]]);
  });
  it('nobody when the deputy is away too, wrote it, or left', () => {
    const people = [...three, worker('d', ['comms'])];
    expect(names(people, [away('r', 'd'), away('d')])).toEqual([]);
    expect(names(people, [away('r', 'd')], ['d'])).toEqual([]);
    expect(names(people, [away('r', 'd')], ['r'])).toEqual([]);
    expect(names(three, [away('r', 'gone')])).toEqual([]);
  });
});

describe('a chain comes to a stand', () => {
  const still = (people: Colleague[], leaves: Leave[] = [], without: string[] = []) =>
    standstillOf(plainReview, house(people, leaves), without);
  it('not while each step has a person of its own', () => {
    expect(still(three)).toBeNull();
    // Whoever has two roles leaves one of them to another.
    expect(
      still([worker('both', ['reviewer', 'confidentiality']), worker('c', ['confidentiality']), three[2]!]),
    ).toBeNull();
  });
  it('where nobody holds the role', () => {
    expect(still(three.slice(0, 2))).toEqual({ step: 'sign', why: 'role' });
  });
  it('where only the drafter holds it', () => {
    expect(still(three, [], ['r'])).toEqual({ step: 'review', why: 'involved' });
  });
  it('while all who hold it are away and nobody stands in', () => {
    expect(still(three, [away('c')])).toEqual({ step: 'confidentiality', why: 'away' });
    expect(still([...three, worker('d', [])], [away('c', 'd')])).toBeNull();
  });
  it('where one person would have to sign twice, also for another', () => {
    expect(still([worker('all', ['reviewer', 'confidentiality', 'signer']), three[2]!])).toEqual({
      step: 'confidentiality',
      why: 'few',
    });
    expect(still(three, [away('r', 's')])).toEqual({ step: 'sign', why: 'few' });
  });
  it('is found out at once also where hundreds hold every role', () => {
    const many = Array.from({ length: 500 }, (_, i) => worker(`p${i}`, ['reviewer', 'confidentiality', 'signer']));
    expect(still(many)).toBeNull();
  });
});

describe('the chain of a kind', () => {
  const chain = (site: string, debtLimit: string, enabled = true): ReleaseChain => ({
    site,
    kind: 'rebuttal',
    acts: [...plainReview],
    urgent: null,
    debtLimit,
    enabled,
  });
  it('is the site’s own, else that of all sites, else the plain one', () => {
    const chains = [chain('*', 'PT12H'), chain('province', 'PT6H')];
    expect(pathsFor(chains, 'province', 'rebuttal').debtLimit).toBe('PT6H');
    expect(pathsFor(chains, 'city', 'rebuttal').debtLimit).toBe('PT12H');
    expect(pathsFor([chain('*', 'PT12H', false)], 'city', 'rebuttal').debtLimit).toBe('PT24H');
  });
  it('lets rebuttals and responses hurry where nobody said otherwise, and never without the confidentiality review', () => {
    expect(pathsFor([], 'city', 'rebuttal').urgent?.map(({ step }) => step)).toEqual(['confidentiality', 'sign']);
    expect(pathsFor([], 'city', 'response').urgent).not.toBeNull();
    expect(pathsFor([], 'city', 'press').urgent).toBeNull();
  });
});
