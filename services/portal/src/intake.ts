import { BusClient, isFull, NoAnswer, type Bus } from '@tongsheng/bus';
import {
  CorrectionFigures,
  CorrectionFound,
  correctionIntake,
  Refusal,
  ReportTaken,
  type CorrectionIntake,
  type PublicCorrection,
} from '@tongsheng/contracts';

export type Report = Omit<Extract<CorrectionIntake, { ask: 'report' }>, 'ask'>;

/** The house can't be reached at the moment: nothing was taken, or nobody knows; sent again, it is there once. */
export class IntakeAway extends Error {}

/** The one thing that the portal may say to the house, and what it is answered. */
export interface Intake {
  /** @throws IntakeAway */
  report(report: Report): Promise<{ receipt: string; mail: boolean }>;
  /** @throws IntakeAway */
  answer(receipt: string): Promise<PublicCorrection | null>;
  /** @throws IntakeAway */
  figures(): Promise<CorrectionFigures>;
}

export class BusIntake implements Intake {
  readonly #client: BusClient;

  constructor(bus: Bus) {
    this.#client = new BusClient(bus);
  }

  async report(report: Report): Promise<{ receipt: string; mail: boolean }> {
    return ReportTaken.parse(await this.#ask({ ask: 'report', ...report }));
  }

  async answer(receipt: string): Promise<PublicCorrection | null> {
    return CorrectionFound.parse(await this.#ask({ ask: 'answer', receipt })).found;
  }

  async figures(): Promise<CorrectionFigures> {
    return CorrectionFigures.parse(await this.#ask({ ask: 'figures' }));
  }

  async #ask(question: CorrectionIntake): Promise<unknown> {
    try {
      return await this.#client.ask(correctionIntake, question);
    } catch (error) {
      if (error instanceof NoAnswer || error instanceof Refusal || isFull(error))
        throw new IntakeAway('the house does not answer', { cause: error });
      throw error;
    }
  }
}
