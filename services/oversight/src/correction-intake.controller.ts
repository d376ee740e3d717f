import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Journal, Query } from '@tongsheng/bus';
import {
  CorrectionIntake,
  correctionIntake,
  Refusal,
  type CorrectionEvent,
  type CorrectionFigures,
  type CorrectionFound,
  type PublicCorrection,
  type ReportTaken,
} from '@tongsheng/contracts';
import { Clock, Ids, Log, NoKey, SecretBox } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import type { z } from 'zod';
import { addressIn, correction, resealed } from './correction.ts';
import type { CorrectionCase } from './correction-cases.ts';
import { CorrectionDesk } from './correction-desk.ts';
import { correctionFigures } from './correction-figures.ts';

type Report = Extract<CorrectionIntake, { ask: 'report' }>;

/** The one door that the public side may knock at: it takes reports, shows answers by their receipts, and tells the figures. */
@Controller()
export class CorrectionIntakeController {
  constructor(
    private readonly journal: Journal,
    private readonly desk: CorrectionDesk,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  @Query(correctionIntake)
  async answer(
    @Payload({ schema: CorrectionIntake }) asked: CorrectionIntake,
  ): Promise<z.infer<typeof ReportTaken> | z.infer<typeof CorrectionFound> | CorrectionFigures> {
    switch (asked.ask) {
      case 'report':
        return this.#take(asked);
      case 'answer': {
        const found = await this.desk.cases.get(asked.receipt);
        return { found: found && shown(found) };
      }
      case 'figures':
        return correctionFigures(this.desk.cases, { at: this.clock.now() }, this.desk.sites());
    }
  }

  /** The very same said of the same page on the same day is one report, however often it is sent. @throws Refusal not_found */
  async #take({ site, page, text, email }: Report): Promise<z.infer<typeof ReportTaken>> {
    if (!(await this.desk.site(site))) throw new Refusal('not_found', `no site ${site} is registered`);
    const at = this.clock.now();
    const correctionId = receiptOf(site, page, text, at);
    const contact = email === null ? null : await this.#sealed(site, correctionId, email, at);
    const { position } = await carryOut(this.journal, correction, {
      type: 'correction.receive',
      id: this.ids.next(),
      at,
      actor: { kind: 'service', id: 'portal' },
      correctionId,
      site,
      page,
      text,
      contact: contact === 'known' ? null : contact,
      ...(await this.desk.limitOf(at)),
    });
    // Who looks at once what became of it finds it.
    await this.desk.reach(position);
    return { receipt: correctionId, mail: contact !== null };
  }

  /** Null where an address can't be kept safely: then it isn't kept at all, and the netizen is told. */
  async #sealed(site: string, correctionId: string, email: string, at: string): Promise<string | null> {
    try {
      const { events } = await this.journal.read({ aggregate: 'correction', site, id: correctionId });
      const known = contactsOf(events as CorrectionEvent[]).map((each) => this.secrets.open(each, correctionId));
      return known.includes(email) ? 'known' : this.secrets.seal(email, correctionId, at);
    } catch (error) {
      if (!(error instanceof NoKey)) throw error;
      this.log.warn('corrections.no_key', { reason: error.message });
      return null;
    }
  }
}

/** The sealed addresses that wait for the answer. */
export const contactsOf = (past: readonly CorrectionEvent[]): readonly string[] =>
  past.reduce<readonly string[]>((contacts, event) => {
    if (event.type === 'correction.resealed') return resealed(contacts, event.contacts);
    if (event.type !== 'correction.received' && event.type !== 'correction.repeated') return contacts;
    return [...contacts, ...addressIn(event)];
  }, []);

/** Without letters and digits that look alike; sixty bits that nobody guesses who does not know the very words. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function receiptOf(site: string, { url, document, title }: Report['page'], text: string, at: string): string {
  const day = DateTime.fromISO(at, { zone: 'Asia/Shanghai' }).toFormat('yyyyMMdd');
  const page = document ? `${document.kind}/${document.documentId}` : (url ?? title);
  const words = text.normalize('NFKC').replace(/\s+/g, '');
  const digest = createHash('sha256').update([site, day, page, words].join('\n')).digest();
  return `${day}-${Array.from(digest.subarray(0, 12), (byte) => alphabet[byte % 32]).join('')}`;
}

function shown({ correctionId, isSpam, answeredAt, ...found }: CorrectionCase): PublicCorrection {
  const { site, receivedAt, dueAt, outcome, answer } = found;
  const state = isSpam ? 'closed' : answeredAt === null ? 'waiting' : 'answered';
  return { receipt: correctionId, site, state, receivedAt, dueAt, outcome, answer, answeredAt };
}
