import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import {
  LinkedCommand,
  ReleaseCommand,
  RumorCommand,
  type LinkedEvent,
  type Receipt,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { cleanHtml } from '@tongsheng/web';
import { DateTime, Duration } from 'luxon';
import { linkedRelease, speaksTogether } from './linked-release.ts';
import { release } from './release.ts';
import { rumorCase } from './rumor-case.ts';
import { Sites } from './sites.ts';

/** 政务舆情回应: an authoritative word within five hours. */
const usualRumorLimit = 'PT5H';

type Pass = Extract<ReleaseCommand, { type: 'release.pass_step' }>;

@Controller()
export class ReleasesController {
  constructor(
    private readonly journal: Journal,
    private readonly sites: Sites,
  ) {}

  @Commands('release')
  async handle(@Payload({ schema: ReleaseCommand }) command: ReleaseCommand): Promise<Receipt> {
    const known = command.type === 'release.pass_step' ? await this.#withLinked(command) : cleaned(command);
    return carryOut(this.journal, release, known);
  }

  @Commands('linked')
  plan(@Payload({ schema: LinkedCommand }) command: LinkedCommand): Promise<Receipt> {
    return carryOut(this.journal, linkedRelease, command);
  }

  @Commands('rumor')
  answer(@Payload({ schema: RumorCommand }) command: RumorCommand): Promise<Receipt> {
    if (command.type !== 'rumor.report') return carryOut(this.journal, rumorCase, command);
    const { rumorLimit: limit = usualRumorLimit } = this.sites.get(command.site);
    const dueAt = DateTime.fromISO(command.at, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO()!;
    return carryOut(this.journal, rumorCase, { ...command, limit, dueAt });
  }

  /** Who signs a part learns from the plan itself whether it goes out, and not alone. */
  async #withLinked({ linked: _said, ...command }: Pass): Promise<Pass> {
    const { site, releaseId } = command;
    const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
    const last = (past.events as ReleaseEvent[]).findLast((event) => event.type === 'release.drafted');
    if (last?.type !== 'release.drafted' || !last.linked) return command;
    const { site: leads, linkedId: id } = last.linked;
    const plans = await this.journal.read({ aggregate: 'linked', site: leads, id });
    const state = (plans.events as LinkedEvent[]).reduce(linkedRelease.evolve, linkedRelease.initial);
    if (state.status !== 'planned' && state.status !== 'stopped') return command;
    const hasPart = state.plan.parts.some((part) => part.releaseId === releaseId && part.site === site);
    return { ...command, linked: { hasPart, speaksTogether: speaksTogether(state.plan, state.waived) } };
  }
}

/** Whichever door a draft came through, no script of it reaches the log, our page or a newspaper's mail reader. */
function cleaned(command: ReleaseCommand): ReleaseCommand {
  if (command.type !== 'release.draft') return command;
  return { ...command, draft: { ...command.draft, html: cleanHtml(command.draft.html) } };
}
