import type { PublicDocument } from '@tongsheng/contracts';
import { Shelf, type Entry } from './shelf.ts';

type Kind = PublicDocument['kind'];

/** The documents of one site, all together and by kind and by column. */
export type SiteShelves = {
  site: string;
  all: Shelf;
  kinds: Map<Kind, Shelf>;
  columns: Map<string, Shelf>;
};

/** What is public now, in memory: one entry a document, its newest version. The texts stay in the stream. */
export class PublicIndex {
  readonly all = new Shelf();
  /** Of every site: one place where people look whether something is true. */
  readonly rebuttals = new Shelf();
  readonly #entries = new Map<string, Entry>();
  readonly #sites = new Map<string, SiteShelves>();

  /** Takes in a document as the stream tells it. An older version than the one known changes nothing. */
  add(document: PublicDocument, position: number): void {
    const key = keyOf(document.site, document.kind, document.documentId);
    const known = this.#entries.get(key);
    if (known && isNewer(known, document.version, position)) return;
    const { html: _html, summary: _summary, contentHash: _contentHash, ...kept } = document;
    const entry = { ...kept, position };
    if (known) for (const shelf of this.#shelvesOf(known)) shelf.take(known, position);
    for (const shelf of this.#shelvesOf(entry)) shelf.put(entry, position);
    this.#entries.set(key, entry);
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
    const shelves = obtain(this.#sites, site, () => ({ site, all: new Shelf(), kinds: new Map(), columns: new Map() }));
    const make = () => new Shelf();
    const also = kind === 'rebuttal' ? [this.rebuttals] : [];
    return [...also, this.all, shelves.all, obtain(shelves.kinds, kind, make), obtain(shelves.columns, column, make)];
  }
}

/** The name that a site gave itself last. */
export const nameOf = ({ site, all }: SiteShelves): string => all.newest(1)[0]?.siteName ?? site;

const keyOf = (site: string, kind: string, documentId: string) => `${site}/${kind}/${documentId}`;

const isNewer = (known: Entry, version: number, position: number) =>
  known.version === version ? known.position >= position : known.version > version;

function obtain<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
