import { defineAggregate } from '@tongsheng/bus';
import { StoppageCommand, StoppageEvent } from '@tongsheng/contracts';

/** Since when a channel that people were told of stands still; null while none does. */
type Stoppage = { since: string } | null;

/** A channel that gives no good answer for too long: people hear of it once, and that it is over. */
export const stoppage = defineAggregate({
  name: 'stoppage',
  commands: StoppageCommand,
  events: StoppageEvent,
  siteOf: ({ site }) => site,
  idOf: ({ channelId }) => channelId,
  initial: null as Stoppage,

  decide(command, standing): StoppageEvent[] {
    const { channelId, site, since, at } = command;
    switch (command.type) {
      case 'stoppage.notice': {
        if (standing !== null) return [];
        const { channelName, urgency, waiting, detail } = command;
        const facts = { channelName, urgency, waiting, since, detail };
        return [{ type: 'stoppage.noticed', channelId, site, ...facts, noticedAt: at }];
      }
      case 'stoppage.end':
        // What is said of an earlier one says nothing of this one.
        if (standing?.since !== since) return [];
        return [{ type: 'stoppage.ended', channelId, site, since, because: command.because, endedAt: at }];
    }
  },

  evolve(_, event): Stoppage {
    switch (event.type) {
      case 'stoppage.noticed':
        return { since: event.since };
      case 'stoppage.ended':
        return null;
    }
  },
});
