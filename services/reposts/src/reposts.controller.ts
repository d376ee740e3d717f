import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { RepostCommand, type Receipt } from '@tongsheng/contracts';
import { repost } from './repost.ts';

@Controller()
export class RepostsController {
  constructor(private readonly journal: Journal) {}

  @Commands('repost')
  handle(@Payload({ schema: RepostCommand }) command: RepostCommand): Promise<Receipt> {
    return carryOut(this.journal, repost, command);
  }
}
