import { setTimeout as wait } from 'node:timers/promises';
import type { DeliveryRow, ReleaseDetail, RepostRow } from '@tongsheng/contracts';
import { signIn, type Answer, type Session } from './session.ts';
import type { Site } from './site.ts';
import type { System } from './system.ts';

const home = 'province';
/** Each item is owed by these. */
export const sites = [home, 'city'];
export const channels = ['province-press-mail', 'province-press-hook'] as const;
/** Entries of the feed that the house watches: more than are put out while it is away. */
const inFeed = 200;

/** The people of a house, its upstream and its readers: they go on whatever happens, and remember what they were told. */
export class People {
  /** What was said, and what was answered in the end: where it stands, or that it was refused. */
  readonly told = new Map<string, { position: number } | { refused: string }>();
  /** Answers that made somebody say it again, by what they were. */
  readonly put = new Map<string, number>();
  /** What readers of the portal got: whole pages, none for the moment, and wrong ones. */
  readonly read = { pages: 0, none: 0, wrong: [] as string[] };
  readonly #system: System;
  readonly #feed: Site;
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #published = new Map<string, string>();
  readonly #approving = new Set<string>();
  readonly #open = new Map<string, Promise<void>>();
  readonly #entries: string[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #pace: { itemMs: number; releaseMs: number };
  #number = 0;
  #releases = 0;
  #bringing = true;
  #over = false;

  constructor(system: System, feed: Site, pace: { itemMs: number; releaseMs: number }) {
    [this.#system, this.#feed, this.#pace] = [system, feed, pace];
    this.#bring();
  }

  get feedUrl(): string {
    return `${this.#feed.url}/items.xml`;
  }

  get counts() {
    const { pages, none } = this.read;
    return { items: this.#number, releases: this.#releases, decisions: this.told.size, pages, withoutPage: none };
  }

  start(): void {
    const { itemMs, releaseMs } = this.#pace;
    this.#loops.push(
      this.#every(itemMs, async () => void (this.#bringing && this.#bring())),
      this.#every(releaseMs, async () => {
        if (!this.#bringing || this.#open.size > 20) return;
        const id = `house-${++this.#releases}`;
        this.#open.set(
          id,
          this.#release(id).finally(() => this.#open.delete(id)),
        );
      }),
      this.#every(500, () => this.#approveAll()),
      this.#every(2_000, () => this.#learnPages()),
      this.#every(100, () => this.#readOne()),
    );
  }

  /** Brings nothing new, and waits until all that was begun has its end. @throws what is still open after so many ms */
  async finish(ms: number): Promise<void> {
    this.#bringing = false;
    const end = performance.now() + ms;
    for (;;) {
      const open = await this.#openTasks().catch(() => null);
      if (open?.length === 0 && this.#approving.size >= this.#number * sites.length && this.#open.size === 0) break;
      if (performance.now() > end) {
        const tasks = open?.map(({ title, state }) => `${title} ${state}`).slice(0, 5) ?? ['nobody knows which tasks'];
        const approved = `${this.#approving.size} of ${this.#number * sites.length} tasks were approved`;
        throw new Error(`${approved}; still open: ${[...tasks, ...this.#open.keys()].join(', ')}`);
      }
      await wait(500);
    }
    this.#over = true;
    await Promise.all(this.#loops);
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    while (!this.#over) {
      await work().catch((error: unknown) => this.#count(String(error)));
      await wait(ms);
    }
  }

  #count(why: string): void {
    this.put.set(why, (this.put.get(why) ?? 0) + 1);
  }

  #bring(): void {
    const n = ++this.#number;
    const url = `${this.#feed.url}/items/${n}.html`;
    this.#feed.put(`/items/${n}.html`, `<html><body><h1>${titleOf(n)}</h1><p>第${n}件的正文。</p></body></html>`);
    this.#entries.unshift(
      `<item><guid>${url}</guid><link>${url}</link><title>${titleOf(n)}</title><pubDate>${new Date().toUTCString()}</pubDate><description>第${n}件的正文。</description></item>`,
    );
    this.#entries.length = Math.min(this.#entries.length, inFeed);
    this.#feed.put(
      '/items.xml',
      `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title>${this.#entries.join('')}</channel></rss>`,
    );
  }

  #as(person: string): Promise<Session> {
    const known = this.#sessions.get(person) ?? signIn(this.#system.consoleUrl, person);
    this.#sessions.set(person, known);
    known.catch(() => this.#sessions.delete(person));
    return known;
  }

  /** Does what a person does with a console that does not answer: again, until it does. */
  async #until<T>(person: string, ask: (session: Session) => Promise<Answer>, of: (answer: Answer) => T): Promise<T> {
    for (;;) {
      try {
        const session = await this.#as(person);
        const answer = await ask(session);
        if (answer.status === 401) this.#sessions.delete(person);
        else if (answer.status < 500 && answer.status !== 429) return of(answer);
        this.#count(`${answer.status} ${(answer.body as { code?: string }).code ?? ''}`);
      } catch (error) {
        this.#count(error instanceof Error ? error.message.slice(0, 60) : String(error));
      }
      await wait(300);
    }
  }

  async #say(person: string, command: Record<string, unknown>, key: string): Promise<boolean> {
    return this.#until(
      person,
      (session) => session.command(command, key),
      ({ status, body }) => {
        const done = status === 202;
        const { position, code } = body as { position: number; code: string };
        this.told.set(`${person}/${key}`, done ? { position } : { refused: code });
        return done;
      },
    );
  }

  async #look<T>(person: string, path: string): Promise<T> {
    const { status, body } = await (await this.#as(person)).get(path);
    if (status === 401) this.#sessions.delete(person);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return body as T;
  }

  #openTasks = async (): Promise<RepostRow[]> =>
    (await this.#look<{ rows: RepostRow[] }>('editor', '/api/reposts?state=open')).rows;

  async #approveAll(): Promise<void> {
    const rows = await this.#openTasks();
    for (const row of rows) {
      const key = `approve-${row.site}-${row.taskId}-${row.contentHash.slice(0, 8)}`;
      if (row.state !== 'queued' || this.#approving.has(key)) continue;
      this.#approving.add(key);
      const { site, taskId, contentHash } = row;
      const approve = (person: string) =>
        this.#say(person, { type: 'repost.approve', site, taskId, seenHash: contentHash }, key);
      // Every tenth is wanted by two.
      void Promise.all([approve('editor'), ...(this.#approving.size % 10 === 0 ? [approve('editor2')] : [])]);
    }
  }

  async #release(releaseId: string): Promise<void> {
    const title = `关于${releaseId}的通稿`;
    const draft = { kind: 'press', title, summary: '', html: '<p>正文。</p>', rumor: null, channels };
    const about = { site: home, releaseId };
    await this.#say('comms', { type: 'release.draft', ...about, draft, baseRevision: 0 }, `draft-${releaseId}`);
    const seenHash = await this.#again(async () => {
      const detail = await this.#look<ReleaseDetail>('comms', `/api/releases/${releaseId}?site=${home}`);
      return detail.row.contentHash;
    });
    await this.#say('comms', { type: 'release.submit', ...about, seenHash }, `submit-${releaseId}`);
    for (const [person, step] of [
      ['reviewer', 'review'],
      ['confidentiality', 'confidentiality'],
      ['signer', 'sign'],
    ] as const)
      await this.#say(person, { type: 'release.pass_step', ...about, step, seenHash }, `${step}-${releaseId}`);
    await this.#again(async () => {
      const { rows } = await this.#look<{ rows: DeliveryRow[] }>('comms', `/api/deliveries?release=${releaseId}`);
      for (const { site, deliveryId, attempts } of rows.filter(({ state }) => state === 'unknown')) {
        // Nobody but a person can tell: they look into the mailbox.
        const there = this.#system.newsroom.mails.some(({ messageId }) => messageId.startsWith(`<${deliveryId}.`));
        const resolution = there ? 'arrived' : 'send_again';
        const command = { type: 'delivery.resolve', site, deliveryId, resolution, note: '已致电核实' };
        await this.#say('comms', command, `resolve-${deliveryId}-${attempts}`);
      }
      if (rows.length !== channels.length || rows.some(({ state }) => state !== 'confirmed'))
        throw new Error('not delivered yet');
    }, 1_000);
  }

  async #again<T>(work: () => Promise<T>, ms = 300): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch {
        if (this.#over) throw new Error('given up');
        await wait(ms);
      }
    }
  }

  async #learnPages(): Promise<void> {
    const { rows } = await this.#look<{ rows: RepostRow[] }>('editor', '/api/reposts?state=closed');
    for (const { state, url, title } of rows) if (state === 'verified' && url) this.#published.set(url, title);
  }

  /** A reader gets the whole page or none. */
  async #readOne(): Promise<void> {
    const all = [...this.#published].slice(-100);
    const [url, title] = all[Math.floor(Math.random() * all.length)] ?? [];
    if (url === undefined || title === undefined) return;
    const page = await fetch(url, { signal: AbortSignal.timeout(10_000) })
      .then(async (answer) => (answer.ok ? answer.text() : null))
      .catch(() => null);
    if (page === null) this.read.none++;
    else if (page.includes(title)) this.read.pages++;
    else this.read.wrong.push(`${url} does not show ${title}`);
  }
}

const titleOf = (n: number) => `国家税务总局关于第${n}号事项的公告`;
