import type { Bus } from '@tongsheng/bus';
import { PublicDocument } from '@tongsheng/contracts';
import { renderDocument } from '@tongsheng/pages';
import type { Fetched } from '@tongsheng/web';
import type { Chance } from './chance.ts';
import type { SimulatedServer } from './server.ts';

export type PortalTroubles = {
  /** Shares of visits that find nothing, and of visits after which a page shows something else for a while. */
  unreachable: number;
  tampered: number;
};

/** The public sites as citizens see them: what stands in the PUBLIC stream, a moment later, when nothing is wrong. */
export class Portal {
  troubles: PortalTroubles = { unreachable: 0, tampered: 0 };
  visits = 0;
  readonly #wrongUntil = new Map<string, number>();

  constructor(
    readonly server: SimulatedServer,
    readonly chance: Chance,
  ) {}

  async visit(url: string, _bus: Bus): Promise<Fetched> {
    this.visits++;
    const { time } = this.server;
    await time.wait(this.chance.between(20, 400));
    if (this.chance.is(this.troubles.unreachable)) return { ok: false, code: 'connect_failed', detail: url };
    const [site, kind, id] = new URL(url).pathname.split('/').slice(1);
    const stored = this.#documentAt(`pub.${site}.${kind}.${id}`);
    if (!stored || stored.at + this.#lagMs(url) > time.now) return without(url, 404);
    if (stored.document.withdrawnAt !== undefined) return without(url, 410);
    const page = this.#page(url, stored.document);
    return {
      ok: true,
      notModified: false,
      etag: null,
      lastModified: null,
      contentType: 'text/html; charset=utf-8',
      url,
      status: 200,
      headers: [],
      bytes: Buffer.from(page),
    };
  }

  #page(url: string, document: PublicDocument): string {
    const { time } = this.server;
    if (this.chance.is(this.troubles.tampered))
      this.#wrongUntil.set(url, time.now + this.chance.between(1, 90) * 60_000);
    const wrong = (this.#wrongUntil.get(url) ?? 0) > time.now;
    return renderDocument(wrong ? { ...document, title: `${document.title}（有误）` } : document);
  }

  #documentAt(subject: string): { document: PublicDocument; at: number } | null {
    const list = this.server.public.sequences(subject);
    if (list.length === 0) return null;
    const { data, time } = this.server.public.at(list.at(-1)!);
    return { document: PublicDocument.parse(JSON.parse(Buffer.from(data).toString('utf8'))), at: time.getTime() };
  }

  /** Up to two seconds until the portal has read what was published; always the same for a page. */
  #lagMs(url: string): number {
    return this.chance.of(url).between(0, 2_000);
  }
}

const without = (url: string, status: number): Fetched => ({
  ok: false,
  code: 'http_error',
  detail: `HTTP ${status} ${url}`,
  answer: { url, status, headers: [], bytes: Buffer.from('此页不存在') },
});
