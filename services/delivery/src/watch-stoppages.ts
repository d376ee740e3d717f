import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, carryOut, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Channel, StoppageCommand, Urgency } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { Board } from './board.ts';
import { Gates } from './gates.ts';
import { Registered } from './registered.ts';
import { stoppage } from './stoppage.ts';
import { wordOf, type Patience, type Word } from './stoppages.ts';

/** How often channels are looked at, in ms. */
const lookEvery = 2_000;

export class StoppagePatience {
  constructor(readonly of: Patience) {}
}

/** When a channel has given no good answer for too long while something waits there, then it is said, and when that is over. */
@Injectable()
export class WatchStoppages implements OnModuleInit, OnModuleDestroy {
  #noticed!: LiveTable<'stoppage'>;
  /** Channels of which the end would have been said at the last look: this process may merely know less than another. */
  #ending = new Set<string>();
  #looking: NodeJS.Timeout | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly board: Board,
    private readonly gates: Gates,
    private readonly registered: Registered,
    private readonly patience: StoppagePatience,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('stoppages.unreadable', { reason: reasonOf(error) });
    this.#noticed = await LiveTable.open(this.bus, 'stoppage', onFailure);
  }

  /** From when on everything that channels have answered is known. */
  begin(): void {
    this.#looking = setInterval(() => {
      this.#look().catch((error: unknown) => this.log.error('stoppage.not_said', { reason: reasonOf(error) }));
    }, lookEvery);
  }

  async onModuleDestroy(): Promise<void> {
    if (this.#looking) clearInterval(this.#looking);
    await this.#noticed.close();
  }

  async #look(): Promise<void> {
    const now = this.clock.now();
    const before = this.#ending;
    this.#ending = new Set();
    const waiting = this.#waiting();
    for (const channel of this.registered.channels()) {
      const { channelId, paused } = channel;
      const stopped = this.gates.stopped(channel);
      const last = this.#noticed.get(channelId);
      const noticed = last?.type === 'stoppage.noticed' ? last : null;
      const state = { channelId, paused, since: stopped?.since ?? null, waiting: waiting.get(channelId) ?? {} };
      const word = wordOf(state, noticed, now, this.patience.of);
      if (word?.say === 'end' && !before.has(channelId)) this.#ending.add(channelId);
      else if (word) await this.#say(channel, word, stopped?.detail ?? '', now);
    }
  }

  #waiting(): Map<string, Partial<Record<Urgency, number>>> {
    const found = new Map<string, Partial<Record<Urgency, number>>>();
    for (const { requested, state } of this.board.open.all()) {
      if (state.status !== 'waiting') continue;
      const { channelId, policy } = requested;
      const of = found.get(channelId) ?? {};
      const urgency = policy?.urgency ?? 'routine';
      found.set(channelId, { ...of, [urgency]: (of[urgency] ?? 0) + 1 });
    }
    return found;
  }

  async #say({ channelId, site, name: channelName }: Channel, word: Word, detail: string, at: string): Promise<void> {
    const head = { id: this.ids.next(), at, actor: { kind: 'service' as const, id: 'delivery' }, channelId, site };
    const command: StoppageCommand =
      word.say === 'end'
        ? { type: 'stoppage.end', ...head, since: word.since, because: word.because }
        : {
            type: 'stoppage.notice',
            ...head,
            channelName,
            urgency: word.urgency,
            waiting: word.waiting,
            since: word.since,
            detail: detail.slice(0, 500),
          };
    await carryOut(this.journal, stoppage, command);
    this.log.warn(`stoppage.${word.say}`, { channelId, since: word.since });
  }
}
