import { defineAggregate } from '@tongsheng/bus';
import { Refusal, RoutingCommand, RoutingEvent, type RoutingEffect } from '@tongsheng/contracts';

type Routing = { effect: RoutingEffect | null; by: 'rules' | 'person'; said: string; warned: boolean };

/** What becomes of an item: decided by the rules, and by a person where these bind nobody. */
export const routing = defineAggregate({
  name: 'routing',
  commands: RoutingCommand,
  events: RoutingEvent,
  siteOf: (command) => command.sourceId,
  idOf: (command) => command.itemId,
  opens: ['routing.decide'],
  initial: { effect: null, by: 'rules', said: '', warned: false } as Routing,

  decide(command, state): RoutingEvent[] {
    const { itemId, sourceId, at } = command;
    switch (command.type) {
      case 'routing.decide': {
        // What binds somebody stays; and no rule takes back what a person said.
        if (state.effect === 'mandatory' || state.by === 'person') return [];
        const { title, link, publication, firstSeenAt, decision } = command;
        if (state.effect !== null && meaningOf(decision) === state.said) return [];
        return [
          {
            type: 'routing.decided',
            itemId,
            sourceId,
            title,
            link,
            publication,
            firstSeenAt,
            ...decision,
            decidedAt: at,
          },
        ];
      }
      case 'routing.assign': {
        if (state.effect === null) throw new Refusal('routing_missing', `item ${itemId} was not routed yet`);
        const { effect, sites, column, priority, limit, reason, actor } = command;
        if (state.effect === 'mandatory' && effect !== 'mandatory')
          throw new Refusal('routing_closed', `item ${itemId} is owed already`);
        if (effect === 'mandatory' && sites.length === 0)
          throw new Refusal('routing_no_site', 'an item that is owed needs a site');
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        const because = `${by.byName}分派：${reason}`.slice(0, 500);
        const bindings =
          effect === 'mandatory' ? [{ policy: null, because, target: 'site' as const, limit, sites }] : [];
        return [
          {
            type: 'routing.assigned',
            itemId,
            sourceId,
            effect,
            column,
            priority,
            bindings,
            reason,
            ...by,
            assignedAt: at,
          },
        ];
      }
      case 'routing.warn': {
        if (state.effect !== 'unrouted' || state.warned) return [];
        return [{ type: 'routing.overdue', itemId, sourceId, fellDueAt: command.fellDueAt, warnedAt: at }];
      }
    }
  },

  evolve(state, event): Routing {
    switch (event.type) {
      case 'routing.decided':
        return { ...state, effect: event.effect, said: meaningOf(event) };
      case 'routing.assigned':
        return { ...state, effect: event.effect, by: 'person' };
      case 'routing.overdue':
        return { ...state, warned: true };
    }
  },
});

/** Two decisions that mean the same are not told twice. */
const meaningOf = ({
  effect,
  rule,
  column,
  bindings,
}: Pick<RoutingEvent & { type: 'routing.decided' }, 'effect' | 'rule' | 'column' | 'bindings'>) =>
  JSON.stringify([effect, rule?.ruleId, column, bindings]);
