import { Injectable } from '@nestjs/common';
import { Bus, followJournal, reasonOf, type Entry, type Following } from '@tongsheng/bus';
import type { BookChange, Decision, ItemEvent, Override, Simulation, SimulationQuery } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';
import { Configuration } from './configuration.ts';
import { lengthOf } from './matrix.ts';
import { routableOf } from './route-items.reaction.ts';
import { decide, type Book } from './rules.ts';

/** Items of one part; an answer must come soon, and fit into one message. */
const itemsOfPart = 1_000;
const changesOfPart = 500;

/** Replays the log against a rule book that is not in force yet. Nothing of it is written anywhere. */
@Injectable()
export class Simulations {
  constructor(
    private readonly bus: Bus,
    private readonly configuration: Configuration,
    private readonly log: Log,
  ) {}

  async part({ change, since, after }: SimulationQuery): Promise<Simulation> {
    const now = this.configuration.book;
    const then = changed(now, change);
    const { entries, next } = await this.#items(since, after);
    const changes: Simulation['changes'] = [];
    for (const { events } of entries) {
      const item = routableOf(events as ItemEvent[]);
      const source = this.configuration.source(item.sourceId);
      const difference = compared(decide(item, source, now), decide(item, source, then));
      if (!difference || changes.length >= changesOfPart) continue;
      const { itemId } = events[0] as Extract<ItemEvent, { type: 'item.published' }>;
      const { sourceId, title, firstSeenAt } = item;
      changes.push({ itemId, sourceId, title, firstSeenAt, ...difference });
    }
    const last = entries.at(-1)?.envelope.time ?? null;
    return { items: entries.length, changes, reached: last, next };
  }

  /** The next items of the log, as they were first published. */
  async #items(since: string, after: number): Promise<{ entries: Entry[]; next: number | null }> {
    const entries: Entry[] = [];
    const full = Promise.withResolvers<void>();
    const onFailure = (error: unknown) => this.log.warn('simulation.trouble', { reason: reasonOf(error) });
    const following: Following = await followJournal(this.bus, {
      aggregate: 'item',
      ...(after > 0 ? { from: after + 1 } : { since }),
      onFailure,
      onUnreadable: onFailure,
      onEntry(entry) {
        if (entries.length >= itemsOfPart) return full.resolve();
        if (entry.events[0]?.type === 'item.published') entries.push(entry);
      },
    });
    const whole = await Promise.race([full.promise.then(() => false), following.caughtUp.then(() => true)]);
    await following.stop();
    return { entries, next: whole ? null : entries.at(-1)!.position };
  }
}

/** The book with what is new in place of what it replaces. */
export function changed(book: Book, { rules, policies, overrides }: BookChange): Book {
  const cellOf = ({ site, sourceId }: Override) => `${site}/${sourceId}`;
  return {
    sites: book.sites,
    rules: [...book.rules.filter(({ ruleId }) => !rules.some((each) => each.ruleId === ruleId)), ...rules],
    policies: [
      ...book.policies.filter(({ policyId }) => !policies.some((each) => each.policyId === policyId)),
      ...policies,
    ],
    overrides: [
      ...book.overrides.filter((one) => !overrides.some((each) => cellOf(each) === cellOf(one))),
      ...overrides,
    ],
  };
}

/** Null where nothing changes for anybody. */
export function compared(
  before: Decision,
  after: Decision,
): Pick<Simulation['changes'][number], 'before' | 'after' | 'gained' | 'lost'> | null {
  const [was, is] = [before, after].map(({ effect, rule, bindings }) => ({
    effect,
    rule: rule?.name ?? null,
    limit: bindings.map(({ limit }) => limit).sort((a, b) => lengthOf(a) - lengthOf(b))[0] ?? null,
    sites: new Set(bindings.flatMap(({ sites }) => sites)),
  })) as [Outcome, Outcome];
  const gained = [...is.sites].filter((site) => !was.sites.has(site));
  const lost = [...was.sites].filter((site) => !is.sites.has(site));
  const same = was.effect === is.effect && was.limit === is.limit && gained.length === 0 && lost.length === 0;
  if (same) return null;
  return { before: shown(was), after: shown(is), gained, lost };
}

type Outcome = Simulation['changes'][number]['before'] & { sites: Set<string> };
const shown = ({ effect, rule, limit }: Outcome) => ({ effect, rule, limit });
