// Wherever the rules want another person, it is the decider that wants it: whoever did the first act is refused the second,
// and anybody else is not. Every such rule of the house is walked here.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Aggregate } from '@tongsheng/bus';
import {
  Refusal,
  reportFields,
  reportForm,
  type AnyEvent,
  type CommandHead,
  type ReleaseCommand,
  type RepostCommand,
  type RunningChain,
} from '@tongsheng/contracts';
import { everyRole, hashA, minutesLater, noon, pressDraft, queueing } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handover } from '../../services/duty/src/handover.ts';
import { login } from '../../services/gateway/src/login.ts';
import { report } from '../../services/oversight/src/report.ts';
import { registrations } from '../../services/registry/src/registration.ts';
import { linkedRelease } from '../../services/releases/src/linked-release.ts';
import { recall } from '../../services/releases/src/recall.ts';
import { release } from '../../services/releases/src/release.ts';
import { repost } from '../../services/reposts/src/repost.ts';

/** Tells whether a second act is refused, after the first ones were carried out. */
type Walk = (first: string, second: string) => string | null;

let said = 0;
const as = (id: string) => ({ id: `c${said++}`, at: noon, actor: { kind: 'person' as const, id, name: id } });

function walk<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
  { decide, evolve, initial }: Aggregate<C, E, S>,
  before: readonly NoInfer<C>[],
  then: NoInfer<C>,
): string | null {
  const state = before.reduce((known, command) => decide(command, known).reduce(evolve, known), initial);
  try {
    decide(then, state);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const task = { taskId: 'task', site: 'province' };
const chain: RunningChain = {
  chainId: 'two',
  name: '两人',
  acts: [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second', 'confidentiality'], roles: ['reviewer'] },
  ],
};
const approve = (who: string): RepostCommand => ({
  type: 'repost.approve',
  ...as(who),
  ...task,
  seenHash: hashA,
  roles: ['editor', 'reviewer'],
  chain,
});

const text = { releaseId: 'release', site: 'province' };
const write = (who: string): ReleaseCommand[] => [
  { type: 'release.draft', ...as(who), ...text, draft: pressDraft(), contentHash: hashA, baseRevision: 0 },
  { type: 'release.submit', ...as(who), ...text, seenHash: hashA },
];
const pass = (step: 'review' | 'confidentiality' | 'sign', who: string): ReleaseCommand => ({
  type: 'release.pass_step',
  ...as(who),
  ...text,
  ...everyRole,
  step,
  seenHash: hashA,
});

const why = { reason: '数据有误', publicReason: '内容有误' };
const found = { version: 2, title: '便民措施', contentHash: hashA, targets: [], together: [] };

const plan = {
  title: '政策与解读同步发布',
  parts: [{ releaseId: 'policy', site: 'province', role: 'policy' as const }],
  sites: ['province'],
  channels: [],
  t0: minutesLater(60),
};

const form = { reportId: 'work-2026', site: 'province' };
const over = { from: '2025-12-31T16:00:00.000Z', to: '2026-01-01T00:00:00.000Z' };
const entries = reportFields(reportForm('work-2018')).map(({ id: field }) => ({ field, value: '1', note: '' }));

const shift = { personId: 'anybody', name: '值班', substituteId: null, from: minutesLater(-720), to: noon };
const secret = 'sealed.k1.20261123T040000Z.bm9uY2U.Y2lwaGVy';
const passwordHash = '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA';

const rules: Record<string, Walk> = {
  'an exemption is signed by another than who asked: exemption_own': (first, second) =>
    walk(repost, [queueing(), { type: 'repost.request_exemption', ...as(first), ...task, reason: '不涉及' }], {
      type: 'repost.exempt',
      ...as(second),
      ...task,
    }),
  'a repost’s next review is another’s: review_same_person': (first, second) =>
    walk(repost, [queueing(), approve(first)], approve(second)),
  'a release is reviewed by another than its writer: release_same_person': (first, second) =>
    walk(release, write(first), pass('review', second)),
  'its confidentiality is reviewed by another than who reviewed it: release_same_person': (first, second) =>
    walk(release, [...write('writer'), pass('review', first)], pass('confidentiality', second)),
  'it is signed by another than who wrote it: release_same_person': (first, second) =>
    walk(release, [...write(first), pass('review', 'r'), pass('confidentiality', 'k')], pass('sign', second)),
  'a withdrawal is decided by another than who proposed it: recall_same_person': (first, second) =>
    walk(recall, [{ type: 'recall.propose', ...as(first), ...text, ...why, found }], {
      type: 'recall.approve',
      ...as(second),
      ...text,
      round: 1,
      found,
    }),
  'an emergency stop is looked at by another than who pressed it: recall_same_person': (first, second) =>
    walk(recall, [{ type: 'recall.kill', ...as(first), ...text, ...why, found }], {
      type: 'recall.countersign',
      ...as(second),
      ...text,
      round: 1,
      verdict: 'agreed',
      note: '',
    }),
  'the interpretation is waived by another than who planned: linked_same_person': (first, second) =>
    walk(
      linkedRelease,
      [{ type: 'linked.plan', ...as(first), linkedId: 'linked', site: 'province', plan, baseRevision: 0 }],
      {
        type: 'linked.waive',
        ...as(second),
        linkedId: 'linked',
        site: 'province',
        reason: '发布会上解读',
      },
    ),
  'a report is approved by another than who filled it in: report_same_person': (first, second) =>
    walk(
      report,
      [
        { type: 'report.open', ...as('opener'), ...form, period: over, dueAt: '2027-01-31T16:00:00.000Z' },
        { type: 'report.fill', ...as(first), ...form, entries },
        { type: 'report.submit', ...as('sender'), ...form, revision: 2 },
      ],
      { type: 'report.approve', ...as(second), ...form, revision: 2 },
    ),
  'a shift is taken over by another than who hands it over: handover_own': (first, second) =>
    walk(
      handover,
      [
        {
          type: 'handover.give',
          ...as(first),
          handoverId: 'day',
          site: '*',
          notes: '',
          shift: { ...shift, personId: first },
          next: null,
          alarms: [],
          incidents: [],
        },
      ],
      { type: 'handover.accept', ...as(second), handoverId: 'day', site: '*', remark: '' },
    ),
  'a login is reset by another than who asked: login_same_person': (first, second) =>
    walk(
      login,
      [
        { type: 'login.enrol_totp', ...as('owner'), personId: 'owner', factorId: 'f', name: '手机', secret },
        { type: 'login.ask_reset', ...as(first), personId: 'owner', reason: '遗失' },
      ],
      { type: 'login.reset', ...as(second), personId: 'owner' },
    ),
  'rights are given by another than who gets them: person_own': (first, second) =>
    walk(
      registrations['person.grant'],
      [{ type: 'person.enrol', ...as('admin'), personId: first, name: first, passwordHash }],
      { type: 'person.grant', ...as(second), personId: first, roles: [], sites: [] },
    ),
};

describe('another person', () => {
  const names = ['li', 'wang', 'zhao', 'qian'] as const;
  it.each(Object.entries(rules))('%s', (rule, walked) => {
    const code = rule.split(': ').at(-1);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...names), (first, second) => {
        expect(walked(first, second)).toBe(first === second ? code : null);
      }),
    );
  });

  it('is wanted by no decider without standing here', () => {
    const root = join(import.meta.dirname, '../..');
    const codes = globSync('services/*/src/*.ts', { cwd: root, exclude: (path) => path.endsWith('.test.ts') })
      .filter((path) => readFileSync(join(root, path), 'utf8').includes('defineAggregate'))
      .flatMap((path) => [
        ...readFileSync(join(root, path), 'utf8').matchAll(/new Refusal\(\s*'(\w+_(?:same_person|own))'/g),
      ])
      .map(([, code]) => code!);
    // Not of people: there one side of a negotiation agrees to what the other proposed.
    const wanted = new Set(codes.filter((code) => code !== 'submission_own'));
    const walked = Object.keys(rules).map((rule) => rule.split(': ').at(-1));
    expect(wanted).toEqual(new Set(walked));
  });
});
