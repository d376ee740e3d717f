import { Injectable } from '@nestjs/common';
import { EvidenceStore, PublicFiles } from '@tongsheng/bus';
import type { PublicDocument } from '@tongsheng/contracts';

/** The files of a release, which the public side has from the moment it is public, and not before. */
@Injectable()
export class PublicCopies {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly publicFiles: PublicFiles,
  ) {}

  /** Hands the files of these pages over. @throws when one is not there, or is not what it was */
  async make(documents: readonly Pick<PublicDocument, 'files'>[]): Promise<void> {
    for (const hash of hashesOf(documents)) await this.publicFiles.keep(await this.#read(hash));
  }

  /** @throws when one is not there, or is not what it was: found out before the moment, not at it */
  async mustBeThere(documents: readonly Pick<PublicDocument, 'files'>[]): Promise<void> {
    for (const hash of hashesOf(documents)) await this.#read(hash);
  }

  async #read(hash: string): Promise<Uint8Array> {
    const kept = await this.evidence.read(hash);
    if (!kept?.intact) throw new Error(`releases: the file ${hash} is not there, or is not what it was`);
    return kept.bytes;
  }
}

const hashesOf = (documents: readonly Pick<PublicDocument, 'files'>[]) =>
  new Set(documents.flatMap(({ files }) => files.map(({ hash }) => hash)));
