import { Module } from '@nestjs/common';
import { Details } from './details.ts';
import { Door } from './door.ts';
import { Http } from './http.ts';
import { Live } from './live.ts';
import { Models } from './models.ts';
import { Sessions } from './sessions.ts';

@Module({ providers: [Models, Details, Sessions, Door, Live, Http] })
export class GatewayModule {}
