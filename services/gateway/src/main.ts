import { run, serve } from '@tongsheng/runtime';
import { GatewayModule } from './gateway.module.ts';
import { gatewayConfig, Settings } from './settings.ts';

run(() =>
  serve({
    name: 'gateway',
    config: gatewayConfig,
    module: GatewayModule,
    providers: (config) => [{ provide: Settings, useValue: new Settings(config) }],
  }),
);
