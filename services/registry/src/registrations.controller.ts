import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { RegistryCommand, type Receipt } from '@tongsheng/contracts';
import { registrations } from './registration.ts';
import { Sealing } from './sealing.ts';

@Controller()
export class RegistrationsController {
  constructor(
    private readonly journal: Journal,
    private readonly sealing: Sealing,
  ) {}

  @Commands('registry')
  handle(@Payload({ schema: RegistryCommand }) command: RegistryCommand): Promise<Receipt> {
    return carryOut(this.journal, registrations[command.type], this.sealing.seal(command));
  }
}
