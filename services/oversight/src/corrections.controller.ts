import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import {
  CorrectionCommand,
  CorrectionFiguresQuery,
  Refusal,
  sealingKeyOf,
  type AddressesStanding,
  type CalendarsView,
  type CorrectionEvent,
  type CorrectionFigures,
  type Receipt,
} from '@tongsheng/contracts';
import { Clock, SecretBox } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { correction } from './correction.ts';
import { CorrectionDesk } from './correction-desk.ts';
import { contactsOf } from './correction-intake.controller.ts';
import { correctionFigures } from './correction-figures.ts';

/** Where people decide about reports, and where they are counted. */
@Controller()
export class CorrectionsController {
  constructor(
    private readonly journal: Journal,
    private readonly desk: CorrectionDesk,
    private readonly clock: Clock,
    private readonly secrets: SecretBox,
  ) {}

  @Commands('correction')
  async handle(@Payload({ schema: CorrectionCommand }) command: CorrectionCommand): Promise<Receipt> {
    return carryOut(this.journal, correction, await this.#prepared(command));
  }

  @Query('corrections.figures')
  async figures(
    @Payload({ schema: CorrectionFiguresQuery }) query: CorrectionFiguresQuery,
  ): Promise<CorrectionFigures> {
    const sites = this.desk.sites().filter((site) => !query.sites || query.sites.includes(site));
    return correctionFigures(this.desk.cases, query, sites);
  }

  /** Of the reports that wait for an answer: what is answered has no use for its addresses any more. */
  @Query('corrections.addresses')
  async addresses(): Promise<AddressesStanding> {
    const rows: AddressesStanding['rows'] = [];
    for (const { site, correctionId } of await this.desk.open()) {
      const contacts = contactsOf(await this.#past(site, correctionId));
      if (contacts.length === 0) continue;
      rows.push({
        site,
        correctionId,
        keys: contacts.map((each) => ({ key: sealingKeyOf(each), state: this.secrets.standing(each, correctionId) })),
      });
    }
    return { rows };
  }

  @Query('calendars')
  calendars(): Promise<CalendarsView> {
    return this.desk.calendars(DateTime.fromISO(this.clock.now(), { zone: 'Asia/Shanghai' }).year);
  }

  /** What only the service knows: the limit by the calendar, and how the report stands that another is folded into. */
  async #prepared(command: CorrectionCommand): Promise<CorrectionCommand> {
    const { site, correctionId } = command;
    if (command.type === 'correction.lift_spam') {
      const [received] = await this.#past(site, correctionId);
      return received?.type === 'correction.received'
        ? { ...command, ...(await this.desk.limitOf(received.receivedAt)) }
        : command;
    }
    if (command.type === 'correction.reseal') return { ...command, contacts: await this.#renewed(command) };
    if (command.type !== 'correction.fold') return command;
    const into = await this.#root(site, command.into, correctionId);
    return { ...command, into: into.correctionId, answer: into.answer };
  }

  /** The report at the end of what was folded into what. @throws Refusal correction_missing, correction_same */
  async #root(
    site: string,
    correctionId: string,
    not: string,
  ): Promise<{ correctionId: string; answer: string | null }> {
    if (correctionId === not) throw new Refusal('correction_same', `${not} would be folded into itself`);
    const past = await this.#past(site, correctionId);
    if (past.length === 0) throw new Refusal('correction_missing', `no correction ${correctionId}`);
    const state = past.reduce(correction.evolve, correction.initial);
    if (state.status === 'spam') throw new Refusal('correction_spam', `${correctionId} is marked as spam`);
    if (state.status === 'waiting' && state.into !== null) return this.#root(site, state.into, not);
    return { correctionId, answer: state.status === 'answered' ? (state.answer?.answer ?? null) : null };
  }

  /** What becomes of the addresses that open and do not stand under the newest key. @throws Refusal secrets_no_key */
  async #renewed({ site, correctionId, at }: CorrectionCommand): Promise<{ was: string; now: string }[]> {
    if (this.secrets.newest === null) throw new Refusal('secrets_no_key', 'no key is configured');
    return contactsOf(await this.#past(site, correctionId))
      .filter((each) => ['older', 'clear'].includes(this.secrets.standing(each, correctionId)))
      .map((was) => ({ was, now: this.secrets.renew(was, correctionId, at) }));
  }

  async #past(site: string, id: string): Promise<CorrectionEvent[]> {
    return (await this.journal.read({ aggregate: 'correction', site, id })).events as CorrectionEvent[];
  }
}
