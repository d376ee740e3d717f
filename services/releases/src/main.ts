import { run, serve } from '@tongsheng/runtime';
import { ReleasesModule } from './releases.module.ts';

run(() => serve({ name: 'releases', module: ReleasesModule }));
