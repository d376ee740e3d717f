import type { PublicDocument } from '@tongsheng/contracts';

/** What the portal remembers of a document: enough for lists and feeds' order; the body is read when it is asked for. */
export type Card = Pick<
  PublicDocument,
  'documentId' | 'site' | 'siteName' | 'kind' | 'column' | 'title' | 'postedAt' | 'version'
> & {
  sourceName: string | null;
  /** Where the newest version stands in the PUBLIC stream. */
  position: number;
};

const newestFirst = (a: Card, b: Card) =>
  a.postedAt === b.postedAt ? b.position - a.position : a.postedAt < b.postedAt ? 1 : -1;

/** The index of everything public. Of several versions the highest is shown. */
export class Catalogue {
  readonly #cards = new Map<string, Card>();
  readonly #lists = new Map<string, Card[]>();

  add(document: PublicDocument, position: number): void {
    const { documentId, site, siteName, kind, column, title, postedAt, version, source } = document;
    const key = `${site}/${kind}/${documentId}`;
    const known = this.#cards.get(key);
    if (known && known.version > version) return;
    const card: Card = {
      documentId,
      site,
      siteName,
      kind,
      column,
      title,
      postedAt,
      version,
      sourceName: source?.name ?? null,
      position,
    };
    this.#cards.set(key, card);
    for (const list of [site, '*']) {
      const cards = (this.#lists.get(list) ?? []).filter(
        (each) => `${each.site}/${each.kind}/${each.documentId}` !== key,
      );
      const at = cards.findIndex((each) => newestFirst(card, each) < 0);
      cards.splice(at === -1 ? cards.length : at, 0, card);
      this.#lists.set(list, cards);
    }
  }

  find(site: string, kind: string, documentId: string): Card | undefined {
    return this.#cards.get(`${site}/${kind}/${documentId}`);
  }

  /** Newest first; of one site, or of all. */
  list(site: string | null, offset = 0, limit = 20): { cards: Card[]; total: number } {
    const all = this.#lists.get(site ?? '*') ?? [];
    return { cards: all.slice(offset, offset + limit), total: all.length };
  }

  sites(): { site: string; siteName: string; total: number }[] {
    return [...this.#lists]
      .filter(([site]) => site !== '*')
      .map(([site, cards]) => ({ site, siteName: cards[0]!.siteName, total: cards.length }))
      .sort((a, b) => (a.site < b.site ? -1 : 1));
  }
}
