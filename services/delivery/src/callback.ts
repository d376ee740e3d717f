import { defineAggregate } from '@tongsheng/bus';
import { CallbackCommand, CallbackEvent } from '@tongsheng/contracts';

/** One call of a platform: whoever makes it a second time is answered alike, and it tells nothing again. */
export const callback = defineAggregate({
  name: 'callback',
  commands: CallbackCommand,
  events: CallbackEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.callbackId,
  initial: 'new' as 'new' | 'known',

  decide(command, callback): CallbackEvent[] {
    if (callback === 'known') return [];
    const { callbackId, site, at, channelId, channelName, channelKind } = command;
    const key = { callbackId, site, channelId, channelName, channelKind };
    switch (command.type) {
      case 'callback.hear':
        return [{ type: 'callback.heard', ...key, news: command.news, body: command.body, heardAt: at }];
      case 'callback.refuse': {
        const { because, detail } = command;
        return [{ type: 'callback.refused', ...key, because, detail, refusedAt: at }];
      }
    }
  },

  evolve: () => 'known' as const,
});
