import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import {
  checkIdOf,
  InspectionCommand,
  isLookedThrough,
  machineFindings,
  quarterNamed,
  siteCheckAfter,
  SiteCheckCommand,
  type InspectionEvent,
  type Receipt,
  type SiteCheckEvent,
  type SiteCheckRow,
  type SiteFinding,
} from '@tongsheng/contracts';
import { drawOrder, listHashOf, seedOf } from './draw.ts';
import { InspectedSites } from './inspected-sites.ts';
import { inspection } from './inspection.ts';
import { siteCheck } from './site-check.ts';

type Draw = Extract<InspectionCommand, { type: 'inspection.draw' }>;

@Controller()
export class InspectionsController {
  constructor(
    private readonly journal: Journal,
    private readonly sites: InspectedSites,
  ) {}

  @Commands('inspection')
  async handle(@Payload({ schema: InspectionCommand }) command: InspectionCommand): Promise<Receipt> {
    return carryOut(this.journal, inspection, await this.#informed(command));
  }

  @Commands('site_check')
  check(@Payload({ schema: SiteCheckCommand }) command: SiteCheckCommand): Promise<Receipt> {
    if (command.type !== 'site_check.begin') return carryOut(this.journal, siteCheck, command);
    return carryOut(this.journal, siteCheck, { ...command, registered: this.sites.forCheck(command.site) });
  }

  /** What deciding needs to know of the world is said by this service, and by no client. */
  async #informed(command: InspectionCommand): Promise<InspectionCommand> {
    if (command.type === 'inspection.expect') return { ...command, ...periodOf(command.inspectionId) };
    if (command.type === 'inspection.draw') return this.#withDraw(command);
    if (command.type === 'inspection.include') return { ...command, registered: this.sites.under(command.site) };
    if (command.type === 'inspection.conclude') return { ...command, found: await this.#found(command) };
    if (command.type !== 'inspection.open') return command;
    const registered = this.sites.under(command.site);
    const without = new Set(command.exclude.map(({ siteId }) => siteId));
    const listHash = listHashOf(registered.map(({ siteId }) => siteId).filter((id) => !without.has(id)));
    return { ...command, ...periodOf(command.inspectionId), registered, listHash };
  }

  async #withDraw({ drawn: _said, ...command }: Draw): Promise<Draw> {
    const { site, inspectionId: id, publicValue } = command;
    const { events } = await this.journal.read({ aggregate: 'inspection', site, id });
    const opened = (events as InspectionEvent[]).find((event) => event.type === 'inspection.opened');
    if (!opened) return command;
    const seed = seedOf(id, opened.listHash, publicValue);
    return {
      ...command,
      drawn: {
        seed,
        order: drawOrder(
          seed,
          opened.population.map(({ siteId }) => siteId),
        ),
      },
    };
  }

  /** What the machine found by now; null while it has not looked at everything. */
  async #found({
    inspectionId,
    siteId,
    at,
  }: {
    inspectionId: string;
    siteId: string;
    at: string;
  }): Promise<SiteFinding[] | null> {
    const row = await checkOf(this.journal, siteId, checkIdOf(inspectionId));
    return row && isLookedThrough(row) ? machineFindings(row, at).slice(0, 2_000) : null;
  }
}

/** What is known of a site by one check, from the log. */
export async function checkOf(journal: Journal, site: string, checkId: string): Promise<SiteCheckRow | null> {
  const { events } = await journal.read({ aggregate: 'site_check', site, id: checkId });
  return (events as SiteCheckEvent[]).reduce<SiteCheckRow | null>(siteCheckAfter, null);
}

function periodOf(name: string) {
  const { startsAt, dueAt } = quarterNamed(name);
  return { startsAt, dueAt };
}
