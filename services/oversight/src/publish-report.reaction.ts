import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  Bus,
  carryOut,
  causedBy,
  EvidenceStore,
  Journal,
  PublicFiles,
  publishPublic,
  Reaction,
  type Entry,
} from '@tongsheng/bus';
import { reportForm, type PublicDocument, type ReportEvent } from '@tongsheng/contracts';
import { pageUrl } from '@tongsheng/pages';
import { Clock } from '@tongsheng/runtime';
import { periodInWords, tableOf } from './report-paper.ts';
import { hashOf, ReportPrinter } from './report-printer.ts';
import { report } from './report.ts';
import { Reports } from './reports.ts';

/** What was approved is published as it was approved; an addendum stands below it, with its own date. */
@Controller()
export class PublishReport {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly reports: Reports,
    private readonly printer: ReportPrinter,
    private readonly evidence: EvidenceStore,
    private readonly publicFiles: PublicFiles,
  ) {}

  @Reaction('report', 'publish-report')
  async react(@Payload() entry: Entry<ReportEvent>): Promise<void> {
    const { site, id: reportId } = entry;
    if (!entry.events.some(({ type }) => type === 'report.approved' || type === 'report.amended')) return;
    const row = await this.reports.read(site, reportId);
    const { approvedAt } = row;
    if (approvedAt === null) return;
    const of = this.reports.site(site);
    const { title } = reportForm(row.template);
    const period = periodInWords(row, this.printer.paper.zone);
    const html = tableOf(row).text;
    const files = await this.printer.attachments(row, of);
    const url = pageUrl(of, 'notice', reportId);
    const last = row.amendments.at(-1);
    const version = row.amendments.length + 1;
    const document: PublicDocument = {
      documentId: reportId,
      site,
      siteName: of.name,
      kind: 'notice',
      column: '政府网站年度报表与通报',
      title: `${of.name}${title}（${period}）`,
      summary: `依据${reportForm(row.template).basis}编制发布。`,
      html,
      url,
      source: null,
      verdict: null,
      files: files.map(({ hash, name, mediaType, bytes }) => ({ hash, name, mediaType, bytes })),
      postedAt: approvedAt,
      version,
      contentHash: hashOf(html),
      ...(last && { corrected: { at: last.at, note: last.text.slice(0, 500) } }),
    };
    for (const { hash } of files) await this.publicFiles.keep(await this.#bytesOf(hash));
    const publicPosition = await publishPublic(this.bus, document);
    await carryOut(this.journal, report, {
      type: 'report.record_published',
      id: `${site}/${reportId}/published/${version}`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      reportId,
      site,
      url,
      publicPosition,
      version,
    });
  }

  async #bytesOf(hash: string): Promise<Uint8Array> {
    const kept = await this.evidence.read(hash);
    if (!kept?.intact) throw new Error(`oversight: the file ${hash} is not there, or is not what it was`);
    return kept.bytes;
  }
}
