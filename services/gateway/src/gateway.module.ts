import { Module } from '@nestjs/common';
import { Changes } from './changes.ts';
import { Details } from './details.ts';
import { Door } from './door.ts';
import { Http } from './http.ts';
import { ItemDetails } from './item-details.ts';
import { Directories } from './directories.ts';
import { Live } from './live.ts';
import { LoginsController } from './logins.controller.ts';
import { Logins } from './logins.ts';
import { Models } from './models.ts';
import { PageLooks } from './page-looks.ts';
import { PresentEditors } from './present-editors.ts';
import { PeopleRegistry } from './people-registry.ts';
import { Proofs } from './proofs.ts';
import { SecondFactors } from './second-factors.ts';
import { RepostTasks } from './repost-tasks.ts';
import { Sessions } from './sessions.ts';
import { TaskQueue } from './task-queue.ts';
import { Uploads } from './uploads.ts';

@Module({
  controllers: [LoginsController],
  providers: [
    Models,
    Changes,
    TaskQueue,
    RepostTasks,
    Details,
    ItemDetails,
    PageLooks,
    Proofs,
    Uploads,
    PresentEditors,
    PeopleRegistry,
    Logins,
    Directories,
    SecondFactors,
    Sessions,
    Door,
    Live,
    Http,
  ],
})
export class GatewayModule {}
