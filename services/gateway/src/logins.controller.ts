import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import { ResealLogin, type Receipt, type SealsStanding } from '@tongsheng/contracts';
import { login } from './login.ts';
import { SecondFactors } from './second-factors.ts';

/** What may be asked of logins over the bus: to stand under another key, and nothing else. */
@Controller()
export class LoginsController {
  constructor(
    private readonly journal: Journal,
    private readonly factors: SecondFactors,
  ) {}

  @Commands('login')
  async handle(@Payload({ schema: ResealLogin }) command: ResealLogin): Promise<Receipt> {
    return carryOut(this.journal, login, { ...command, factors: await this.factors.resealed(command.personId) });
  }

  @Query('login.secrets')
  standing(): Promise<SealsStanding> {
    return this.factors.standing();
  }
}
