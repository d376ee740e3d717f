import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { HandoverCommand, Refusal, type Receipt } from '@tongsheng/contracts';
import { handover } from './handover.ts';
import { Office } from './office.ts';

@Controller()
export class HandoversController {
  constructor(
    private readonly journal: Journal,
    private readonly office: Office,
  ) {}

  /** Whose shift it is, and who comes after it, the roster says, and no client. @throws Refusal registration_missing */
  @Commands('handover')
  async handle(@Payload({ schema: HandoverCommand }) command: HandoverCommand): Promise<Receipt> {
    if (command.type === 'handover.accept') return carryOut(this.journal, handover, command);
    const known = await this.office.shiftAtEnd(command.handoverId, command.at);
    if (command.type === 'handover.give') {
      if (!known.shift || known.site !== command.site)
        throw new Refusal('registration_missing', `no shift ${command.handoverId}`);
      const { shift, next } = known;
      return carryOut(this.journal, handover, { ...command, shift, next });
    }
    const { shift, next, waived } = known;
    const roster = { ...(shift && { shift }), next, ...(waived && { waived }) };
    return carryOut(this.journal, handover, { ...command, ...roster });
  }
}
