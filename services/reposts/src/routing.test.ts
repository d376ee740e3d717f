import type { Decision, RoutingCommand, RoutingEvent } from '@tongsheng/contracts';
import { editor, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routing } from './routing.ts';

const given = specify(routing);
const key = { itemId: 'item', sourceId: 'national' };
const about = {
  ...key,
  title: '关于示例的公告',
  link: null,
  publication: { at: null, precision: 'none' as const, text: null },
  firstSeenAt: noon,
};
const unrouted: Decision = {
  kind: 'policy',
  effect: 'unrouted',
  rule: null,
  matched: [],
  tried: [],
  column: '转载',
  priority: 'high',
  basis: 'first_seen',
  startsAt: noon,
  bindings: [],
  routeBy: minutesLater(180),
};
const mandatory: Decision = {
  ...unrouted,
  effect: 'mandatory',
  rule: { ruleId: 'one', name: '规则' },
  routeBy: null,
  bindings: [{ policy: null, because: '规则', target: 'site', limit: 'PT12H', sites: ['province'] }],
};
const decide = (decision: Decision): RoutingCommand => ({
  type: 'routing.decide',
  id: 'd',
  at: noon,
  actor: service,
  ...about,
  decision,
});
const decided = (decision: Decision): RoutingEvent => ({
  type: 'routing.decided',
  ...about,
  ...decision,
  decidedAt: noon,
});
const assign = (effect: 'mandatory' | 'optional' | 'ignore', sites: string[] = []): RoutingCommand => ({
  type: 'routing.assign',
  id: 'a',
  at: noon,
  actor: editor('li'),
  ...key,
  effect,
  sites,
  column: '税收政策',
  priority: 'normal',
  limit: 'PT12H',
  reason: '与本省有关',
});
const assigned = (effect: 'mandatory' | 'ignore', sites: string[] = []): RoutingEvent => ({
  type: 'routing.assigned',
  ...key,
  effect,
  column: '税收政策',
  priority: 'normal',
  bindings:
    effect === 'mandatory'
      ? [{ policy: null, because: '编辑li分派：与本省有关', target: 'site', limit: 'PT12H', sites }]
      : [],
  reason: '与本省有关',
  by: 'li',
  byName: '编辑li',
  assignedAt: noon,
});
const warn: RoutingCommand = { type: 'routing.warn', id: 'w', at: noon, actor: service, ...key, fellDueAt: noon };

describe('an item', () => {
  it('is decided about once, and again only when the rules say something else', () => {
    given().when(decide(unrouted)).yields(decided(unrouted));
    given(decided(unrouted)).when(decide(unrouted)).yields();
    given(decided(unrouted)).when(decide(mandatory)).yields(decided(mandatory));
  });
  it('stays owed, whatever rules come later', () => {
    given(decided(mandatory)).when(decide(unrouted)).yields();
    given(decided(mandatory)).when(assign('ignore')).isRefused('routing_closed');
  });
  it('is assigned by a person where no rule speaks of it, and rules don’t take that back', () => {
    given(decided(unrouted))
      .when(assign('mandatory', ['province']))
      .yields(assigned('mandatory', ['province']));
    given(decided(unrouted)).when(assign('ignore')).yields(assigned('ignore'));
    given(decided(unrouted), assigned('ignore')).when(decide(mandatory)).yields();
  });
  it('is not assigned to nobody, nor before it is known', () => {
    given(decided(unrouted)).when(assign('mandatory')).isRefused('routing_no_site');
    given().when(assign('ignore')).isRefused('routing_missing');
  });
  it('is overdue once, and only while nobody has routed it', () => {
    const overdue: RoutingEvent = { type: 'routing.overdue', ...key, fellDueAt: noon, warnedAt: noon };
    given(decided(unrouted)).when(warn).yields(overdue);
    given(decided(unrouted), overdue).when(warn).yields();
    given(decided(unrouted), assigned('ignore')).when(warn).yields();
    given(decided(mandatory)).when(warn).yields();
  });
});

it('who owes an item once owes it for good', () => {
  const any = fc.constantFrom(
    decide(unrouted),
    decide(mandatory),
    assign('mandatory', ['city']),
    assign('ignore'),
    warn,
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), (commands) => {
      let state = routing.initial;
      let owed = false;
      for (const command of commands) {
        let events: RoutingEvent[] = [];
        try {
          events = routing.decide(command, state);
        } catch {
          continue;
        }
        state = events.reduce(routing.evolve, state);
        if (owed) expect(state.effect).toBe('mandatory');
        owed ||= state.effect === 'mandatory';
      }
    }),
  );
});
