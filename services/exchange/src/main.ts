import { asLink, connectBus, linkUser, readSeed } from '@tongsheng/bus';
import { neighboursSetting } from '@tongsheng/contracts';
import { BadConfig, run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { ExchangeModule } from './exchange.module.ts';
import { Links } from './exchange.ts';

/** `NATS_KEYS` holds a key for each link beside the service's own. */
const config = z.object({ NEIGHBOURS: neighboursSetting });

run(() =>
  serve({
    name: 'exchange',
    config,
    module: ExchangeModule,
    providers: ({ NEIGHBOURS, NATS_URL: url, NATS_KEYS: keys }) => {
      if (keys === undefined) throw new BadConfig('settings: the exchange needs NATS_KEYS, with a key for each link');
      const open = (name: string) =>
        connectBus({ url, name: linkUser(name), seed: readSeed(keys, linkUser(name)), ...asLink(name) });
      return [{ provide: Links, useValue: new Links(NEIGHBOURS, open) }];
    },
  }),
);
