import type { PublicDocument } from '@tongsheng/contracts';
import { Shelf, type Entry } from './shelf.ts';

type Kind = PublicDocument['kind'];

/** The documents of one site, all together and by kind and by column. */
export type SiteShelves = {
  site: string;
  /** Position of its last change. */
  revision: number;
  all: Shelf;
  gone: Gone;
  kinds: Map<Kind, Shelf>;
  columns: Map<string, Shelf>;
};

/** What was taken back, in the order in which that was told; by its place. */
export type Gone = Map<string, Withdrawn>;
export type Withdrawn = Entry & { withdrawnAt: string };

/**
 * What is public now, in memory: one entry a document, as the stream told it last, and what was taken back. The texts
 * stay in the stream.
 */
export class PublicIndex {
  /** Position of the last change of anything. */
  revision = 0;
  readonly all = new Shelf();
  /** Of every site: one place where people look whether something is true. */
  readonly rebuttals = new Shelf();
  readonly gone: Gone = new Map();
  readonly #entries = new Map<string, Entry>();
  readonly #sites = new Map<string, SiteShelves>();

  /** Takes in a document as the stream tells it. What stands before the one known changes nothing. */
  add(document: PublicDocument, position: number): void {
    const key = keyOf(document.site, document.kind, document.documentId);
    const known = this.#entries.get(key);
    if (known && known.position >= position) return;
    const { html: _html, summary: _summary, contentHash: _contentHash, ...kept } = document;
    const entry = { ...kept, position };
    if (known) for (const shelf of this.#shelvesOf(known)) shelf.take(known);
    const gone = [this.gone, this.#siteOf(entry.site).gone];
    for (const each of gone) each.delete(key);
    if (isWithdrawn(entry)) for (const each of gone) each.set(key, entry);
    else for (const shelf of this.#shelvesOf(entry)) shelf.put(entry);
    this.#entries.set(key, entry);
    this.revision = position;
    this.#siteOf(entry.site).revision = position;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(site: string, kind: string, documentId: string): Entry | undefined {
    return this.#entries.get(keyOf(site, kind, documentId));
  }

  site(site: string): SiteShelves | undefined {
    return this.#sites.get(site);
  }

  /** Every site that has published, by its name. */
  sites(): SiteShelves[] {
    return [...this.#sites.values()].sort((one, other) => nameOf(one).localeCompare(nameOf(other), 'zh-CN'));
  }

  #shelvesOf({ site, kind, column }: Entry): Shelf[] {
    const shelves = this.#siteOf(site);
    const make = () => new Shelf();
    const also = kind === 'rebuttal' ? [this.rebuttals] : [];
    return [...also, this.all, shelves.all, obtain(shelves.kinds, kind, make), obtain(shelves.columns, column, make)];
  }

  #siteOf(site: string): SiteShelves {
    const make = () => ({ site, revision: 0, all: new Shelf(), gone: new Map(), kinds: new Map(), columns: new Map() });
    return obtain(this.#sites, site, make);
  }
}

/** The name that a site gave itself last. */
export const nameOf = ({ site, all, gone }: SiteShelves): string =>
  (all.newest(1)[0] ?? lastGone(gone, 1)[0])?.siteName ?? site;

export const isWithdrawn = (entry: Entry): entry is Withdrawn => entry.withdrawnAt !== undefined;

/** The ones that were taken back last, newest first. */
export const lastGone = (gone: Gone, count: number): Withdrawn[] => [...gone.values()].slice(-count).reverse();

const keyOf = (site: string, kind: string, documentId: string) => `${site}/${kind}/${documentId}`;

function obtain<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
