import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { IncidentCommand, type Receipt } from '@tongsheng/contracts';
import { incident } from './incident.ts';
import { Office } from './office.ts';

@Controller()
export class IncidentsController {
  constructor(
    private readonly journal: Journal,
    private readonly office: Office,
  ) {}

  @Commands('incident')
  handle(@Payload({ schema: IncidentCommand }) command: IncidentCommand): Promise<Receipt> {
    if (command.type !== 'incident.open') return carryOut(this.journal, incident, command);
    // The limit is the site's own, and no client's word.
    return carryOut(this.journal, incident, { ...command, ...this.office.reportBy(command.site, command.at) });
  }
}
