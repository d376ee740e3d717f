import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { BusClient, carryOut, Commands, Journal, NoAnswer, Query } from '@tongsheng/bus';
import {
  check,
  draft,
  LinkedCommand,
  pathsFor,
  Readiness,
  RecallCommand,
  RecallPlanQuery,
  ReleaseCommand,
  RumorCommand,
  speaksTogether,
  SubmissionCommand,
  checkedTexts,
  withTexts,
  type LinkedEvent,
  type RecallPlan,
  type ReadinessQuery,
  type Receipt,
  type ReleaseEvent,
  type TargetReadiness,
} from '@tongsheng/contracts';
import { cleanOwnHtml, textOf } from '@tongsheng/web';
import { DateTime, Duration } from 'luxon';
import { linkedRelease } from './linked-release.ts';
import { recall } from './recall.ts';
import { RecallPlanner } from './recall-planner.ts';
import { Negotiating } from './negotiating.ts';
import { Rehearsal } from './rehearsal.ts';
import { release } from './release.ts';
import { ReviewBook } from './review-book.ts';
import { rumorCase } from './rumor-case.ts';
import { Sites } from './sites.ts';

/** 政务舆情回应: an authoritative word within five hours. */
const usualRumorLimit = 'PT5H';

/** What does not answer by then is not ready, in ms: at T0, and while there is time to ask the platforms too. */
const readyWithinMs = 1_000;
const lookWithinMs = 6_000;

type Pass = Extract<ReleaseCommand, { type: 'release.pass_step' }>;
type Submit = Extract<ReleaseCommand, { type: 'release.submit' }>;

@Controller()
export class ReleasesController {
  constructor(
    private readonly journal: Journal,
    private readonly sites: Sites,
    private readonly book: ReviewBook,
    private readonly client: BusClient,
    private readonly planner: RecallPlanner,
    private readonly negotiating: Negotiating,
    private readonly rehearsal: Rehearsal,
  ) {}

  @Commands('release')
  async handle(@Payload({ schema: ReleaseCommand }) command: ReleaseCommand): Promise<Receipt> {
    return carryOut(this.journal, release, await this.#informed(command));
  }

  /** What deciding needs to know of others than the release itself. */
  async #informed(command: ReleaseCommand): Promise<ReleaseCommand> {
    if (command.type === 'release.pass_step') return this.#withLinked(command);
    if (command.type === 'release.submit') return this.#withChain(command);
    return cleaned(command);
  }

  /** Which chain is in force for it now, and what the site's lists forbid in it. */
  async #withChain({ known: _said, ...command }: Submit): Promise<Submit> {
    const { site } = command;
    const last = (await this.#past(command)).findLast((event) => event.type === 'release.drafted');
    if (last?.type !== 'release.drafted') return command;
    const { acts, urgent, debtLimit } = pathsFor(this.book.chains, site, last.kind);
    const forbidden = check(checkedTexts(draft.parse(last), textOf), this.book.lists, site)
      .filter(({ severity }) => severity === 'block')
      .slice(0, 200)
      .map(({ listId, field, found }) => ({ listId, field, found: found.slice(0, 200) }));
    return { ...command, known: { acts: [...acts], urgent: urgent && [...urgent], debtLimit, forbidden } };
  }

  async #past({ site, releaseId: id }: ReleaseCommand): Promise<ReleaseEvent[]> {
    const { events } = await this.journal.read({ aggregate: 'release', site, id });
    return events as ReleaseEvent[];
  }

  /** What is decided on is what is there at that moment, and no client's word. */
  @Commands('recall')
  async takeBack(@Payload({ schema: RecallCommand }) command: RecallCommand): Promise<Receipt> {
    const { site, releaseId } = command;
    if (command.type !== 'recall.propose' && command.type !== 'recall.approve' && command.type !== 'recall.kill')
      return carryOut(this.journal, recall, command);
    const kind = command.type === 'recall.kill' ? 'kill' : 'withdraw';
    const found = await this.planner.plan(site, releaseId, kind);
    return carryOut(this.journal, recall, { ...command, found });
  }

  @Query('releases.recall-plan')
  recallPlan(@Payload({ schema: RecallPlanQuery }) { site, releaseId, kind }: RecallPlanQuery): Promise<RecallPlan> {
    return this.planner.plan(site, releaseId, kind);
  }

  @Commands('linked')
  async plan(@Payload({ schema: LinkedCommand }) command: LinkedCommand): Promise<Receipt> {
    return carryOut(this.journal, linkedRelease, await this.#known(command));
  }

  /** What a command says of the world is said by this service, not by who sends it. */
  async #known(command: LinkedCommand): Promise<LinkedCommand> {
    if (command.type === 'linked.commit' || command.type === 'linked.remind') return this.#withReady(command);
    if (command.type !== 'linked.record_rehearsal') return command;
    const { site, linkedId } = command;
    const [pages, channels] = await Promise.all([
      this.rehearsal.pagesOf(site, linkedId),
      this.#readiness(site, linkedId, true),
    ]);
    return { ...command, results: [...pages, ...channels] };
  }

  /** Channels are ready when those who push say so; while nobody answers, none is. */
  async #withReady<C extends Extract<LinkedCommand, { ready: string[] }>>(command: C): Promise<C> {
    const { site, linkedId: id } = command;
    const past = await this.journal.read({ aggregate: 'linked', site, id });
    const state = (past.events as LinkedEvent[]).reduce(linkedRelease.evolve, linkedRelease.initial);
    if (state.status !== 'planned' || state.plan.channels.length === 0) return command;
    // T0 waits for no platform; before it there is time to ask them.
    const targets = await this.#readiness(site, id, command.type === 'linked.remind');
    return { ...command, ready: targets.flatMap(({ target, ready }) => (ready ? [target] : [])) };
  }

  async #readiness(site: string, linkedId: string, look: boolean): Promise<TargetReadiness[]> {
    const question: ReadinessQuery = { site, linkedId, look };
    const answer = await this.client
      .ask('linked.ready', question, look ? lookWithinMs : readyWithinMs)
      .catch((error: unknown) => {
        if (error instanceof NoAnswer) return { targets: [] };
        throw error;
      });
    return Readiness.parse(answer).targets;
  }

  @Commands('rumor')
  answer(@Payload({ schema: RumorCommand }) command: RumorCommand): Promise<Receipt> {
    if (command.type !== 'rumor.report' && command.type !== 'rumor.assess')
      return carryOut(this.journal, rumorCase, command);
    const { rumorLimit: limit = usualRumorLimit } = this.sites.get(command.site);
    const dueAt = later(command.at, limit);
    return carryOut(
      this.journal,
      rumorCase,
      command.type === 'rumor.report' ? { ...command, limit, dueAt } : { ...command, dueAt },
    );
  }

  @Commands('submission')
  negotiate(@Payload({ schema: SubmissionCommand }) command: SubmissionCommand): Promise<Receipt> {
    return this.negotiating.carryOut(command);
  }

  /** Who signs a part learns from the plan itself whether it goes out, and not alone; who hurries, until when the rest is due. */
  async #withLinked({ linked: _linked, debtDueAt: _due, ...said }: Pass): Promise<Pass> {
    const { site, releaseId, at } = said;
    const past = await this.#past(said);
    const submitted = past.findLast((event) => event.type === 'release.submitted');
    const hurry = submitted?.type === 'release.submitted' ? submitted.urgent : undefined;
    const command = hurry ? { ...said, debtDueAt: later(at, hurry.limit) } : said;
    const last = past.findLast((event) => event.type === 'release.drafted');
    if (last?.type !== 'release.drafted' || !last.linked) return command;
    const { site: leads, linkedId: id } = last.linked;
    const plans = await this.journal.read({ aggregate: 'linked', site: leads, id });
    const state = (plans.events as LinkedEvent[]).reduce(linkedRelease.evolve, linkedRelease.initial);
    if (state.status !== 'planned' && state.status !== 'stopped') return command;
    const hasPart = state.plan.parts.some((part) => part.releaseId === releaseId && part.site === site);
    return { ...command, linked: { hasPart, speaksTogether: speaksTogether(state.plan, state.waived) } };
  }
}

const later = (at: string, limit: string) =>
  DateTime.fromISO(at, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO()!;

/** Whichever door a draft came through, no script of it reaches the log, our page or a newspaper's mail reader. */
function cleaned(command: ReleaseCommand): ReleaseCommand {
  if (command.type !== 'release.draft') return command;
  return { ...command, draft: withTexts(command.draft, cleanOwnHtml) };
}
