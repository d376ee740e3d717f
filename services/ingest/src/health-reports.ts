import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { carryOut, Journal } from '@tongsheng/bus';
import type { Evidence } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { sourceHealth } from './source-health.ts';
import type { Rhythm } from './rhythm.ts';

export type Trouble = { code: string; detail: string };

/** Says how sources are. The log hears of changes only; the decider sees to that, whoever reports how often. */
@Injectable()
export class HealthReports {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  failed(sourceId: string, detector: string, { code, detail }: Trouble, evidence: Evidence | null): Promise<void> {
    const trouble = { code, detail: detail.slice(0, 1_000), ...(evidence && { evidence }) };
    return this.#report({ type: 'source.report_failure', sourceId, detector, ...trouble });
  }

  succeeded(sourceId: string, detector: string): Promise<void> {
    return this.#report({ type: 'source.report_success', sourceId, detector });
  }

  rejected(
    sourceId: string,
    { key, title, code, detail }: Trouble & { key: string; title: string },
    evidence: Evidence | null,
  ): Promise<void> {
    const entry = { key: key.slice(0, 2_000), title: title.slice(0, 500), code, detail: detail.slice(0, 1_000) };
    return this.#report({ type: 'source.reject_entry', sourceId, ...entry, ...(evidence && { evidence }) });
  }

  rhythm(sourceId: string, { quiet, lastAt, usualSeconds }: Rhythm): Promise<void> {
    return this.#report({ type: 'source.report_rhythm', sourceId, quiet, lastAt, usualSeconds });
  }

  lacking(sourceId: string, detector: string, missing: { title: string; link: string | null }[]): Promise<void> {
    return this.#report({ type: 'source.compare', sourceId, detector, missing: missing.slice(0, 20) });
  }

  async #report(report: Report): Promise<void> {
    const at = this.clock.now();
    // Several reports of one source may be made within a millisecond; their words tell them apart.
    const about = createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 16);
    const id = `${report.sourceId}/${report.type}/${about}/${at}`;
    await carryOut(this.journal, sourceHealth, { ...report, id, at, actor: { kind: 'service', id: 'ingest' } });
  }
}

type Command = Parameters<typeof sourceHealth.decide>[0];
type Report = Command extends infer C ? (C extends Command ? Omit<C, 'id' | 'at' | 'actor'> : never) : never;
