import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, Commands, Journal, LiveTable, Query, reasonOf } from '@tongsheng/bus';
import {
  keeperKind,
  RegistryCommand,
  type Receipt,
  type RegistryEvent,
  type SecretsStanding,
} from '@tongsheng/contracts';
import { Log, SecretBox } from '@tongsheng/runtime';
import { registrations } from './registration.ts';
import { Sealing } from './sealing.ts';

@Controller()
export class RegistrationsController {
  constructor(
    private readonly journal: Journal,
    private readonly sealing: Sealing,
    private readonly bus: Bus,
    private readonly box: SecretBox,
    private readonly log: Log,
  ) {}

  @Commands('registry')
  async handle(@Payload({ schema: RegistryCommand }) command: RegistryCommand): Promise<Receipt> {
    return carryOut(this.journal, registrations[command.type], await this.#sealed(command));
  }

  /** Read from the log at each asking, which is seldom: when a key is changed. */
  @Query('secrets')
  async secrets(): Promise<SecretsStanding> {
    const rows: SecretsStanding['rows'] = [];
    for (const kind of keeperKind.options) {
      const onFailure = (error: unknown) => this.log.error('registrations.unreadable', { reason: reasonOf(error) });
      const table = await LiveTable.open(this.bus, kind, onFailure);
      for (const [id, event] of table.entries())
        rows.push(...this.sealing.standing(event).map((each) => ({ kind, id, ...each })));
      await table.close();
    }
    return { newest: this.box.newest, rows };
  }

  async #sealed(command: RegistryCommand): Promise<RegistryCommand> {
    if (!('registrationId' in command)) return this.sealing.seal(command);
    const { aggregate, id } = { aggregate: registrations[command.type].name, id: command.registrationId };
    const past = await this.journal.read({ aggregate, site: 'registry', id });
    const last = past.events.at(-1) as RegistryEvent | undefined;
    return { ...command, secrets: last ? this.sealing.renewed(last, command.at) : [] };
  }
}
