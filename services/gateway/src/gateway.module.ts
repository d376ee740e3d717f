import { Module } from '@nestjs/common';
import { Details } from './details.ts';
import { Door } from './door.ts';
import { Http } from './http.ts';
import { ItemDetails } from './item-details.ts';
import { Live } from './live.ts';
import { Models } from './models.ts';
import { Proofs } from './proofs.ts';
import { Sessions } from './sessions.ts';

@Module({ providers: [Models, Details, ItemDetails, Proofs, Sessions, Door, Live, Http] })
export class GatewayModule {}
