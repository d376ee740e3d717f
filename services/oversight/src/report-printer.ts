import { createHash } from 'node:crypto';
import { NoShot, printPdf } from '@tongsheng/browser';
import { EvidenceStore } from '@tongsheng/bus';
import { Refusal, reportForm, type ReportFile, type ReportRow, type Site } from '@tongsheng/contracts';
import { Injectable } from '@nestjs/common';
import { paperOf, periodInWords, sheetOf } from './report-paper.ts';

/** What the settings say of paper: the browser that prints (null: none is there), and whose calendar names a period. */
export class Paper {
  constructor(
    readonly executable: string | null,
    readonly zone: string,
  ) {}
}

const mediaTypes = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Reports on paper and as workbooks. */
@Injectable()
export class ReportPrinter {
  constructor(
    readonly paper: Paper,
    private readonly evidence: EvidenceStore,
  ) {}

  /** @throws Refusal report_no_printer; NoShot when the browser fails */
  async print(
    row: ReportRow,
    site: Pick<Site, 'name'>,
    format: 'pdf' | 'xlsx',
  ): Promise<ReportFile & { bytes: number }> {
    const { zone, executable } = this.paper;
    if (format === 'pdf' && executable === null)
      throw new Refusal('report_no_printer', 'no browser that prints is installed');
    const file =
      format === 'xlsx'
        ? await sheetOf(row, site.name, zone)
        : await printPdf(executable!, paperOf(row, site.name, zone));
    const hash = await this.evidence.keep(file);
    const name = `${site.name}${reportForm(row.template).title}（${periodInWords(row, zone)}）.${format}`;
    return { hash, name, mediaType: mediaTypes[format], bytes: file.length };
  }

  /** What goes with the public page: what can't be printed is left out, and the page stands without it. */
  async attachments(row: ReportRow, site: Site): Promise<(ReportFile & { bytes: number })[]> {
    const sheet = await this.print(row, site, 'xlsx');
    try {
      return [await this.print(row, site, 'pdf'), sheet];
    } catch (error) {
      if (error instanceof NoShot || error instanceof Refusal) return [sheet];
      throw error;
    }
  }
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
