import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Query } from '@tongsheng/bus';
import { NeighbourQuestion, type LinkStates, type Receipt } from '@tongsheng/contracts';
import { Exchange } from './exchange.ts';

@Controller()
export class NeighboursController {
  constructor(private readonly exchange: Exchange) {}

  @Query('neighbour')
  ask(@Payload({ schema: NeighbourQuestion }) question: NeighbourQuestion): Promise<Receipt> {
    return this.exchange.ask(question);
  }

  @Query('links')
  links(): LinkStates {
    return this.exchange.states();
  }
}
