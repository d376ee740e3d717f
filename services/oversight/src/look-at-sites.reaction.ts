import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  BusClient,
  carryOut,
  causedBy,
  decodeAnswer,
  EvidenceStore,
  Journal,
  Reaction,
  type Entry,
} from '@tongsheng/bus';
import { RepostLook, type SiteCheckCommand, type SiteCheckEvent, type SiteCheckRow } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { decodeText } from '@tongsheng/web';
import { DateTime } from 'luxon';
import { checkOf } from './inspections.controller.ts';
import { newestReposts } from './newest-reposts.ts';
import { Oversight } from './oversight.ts';
import { pageEntries } from './page-entries.ts';
import { siteCheck } from './site-check.ts';
import { Visitor } from './visitor.ts';

/** How far a look goes: links of the home page and the columns, and reposts of the site, the newest. */
const most = { links: 200, atOnce: 10, reposts: 10 };
/** What one look at a repost may take, its files included, in ms. */
const repostPatienceMs = 75_000;

type Step = SiteCheckCommand extends infer C
  ? C extends SiteCheckCommand
    ? Omit<C, 'id' | 'at' | 'actor' | 'site' | 'checkId'>
    : never
  : never;

/**
 * Looks through a site, one step an event: home page, columns, links ten at a time, reposts. Each step is written down and
 * leads to the next one, so that what a crash interrupts goes on where it was.
 */
@Controller()
export class LookAtSites {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly evidence: EvidenceStore,
    private readonly client: BusClient,
    private readonly oversight: Oversight,
    private readonly visitor: Visitor,
  ) {}

  @Reaction('site_check', 'look-at-sites')
  async react(@Payload() entry: Entry<SiteCheckEvent>): Promise<void> {
    for (const { type, site, checkId } of entry.events) {
      if (type !== 'site_check.begun' && type !== 'site_check.page_read' && type !== 'site_check.links_followed')
        continue;
      const check = await checkOf(this.journal, site, checkId);
      const step = check && (await this.#next(check));
      if (!step) continue;
      const at = this.clock.now();
      const id = `${site}/${checkId}/${entry.position}/${step.type}`;
      const head = { at, actor: { kind: 'service' as const, id: 'oversight' }, ...causedBy(entry), site, checkId };
      await carryOut(this.journal, siteCheck, { ...step, id, ...head } as SiteCheckCommand);
    }
  }

  async #next(check: SiteCheckRow): Promise<Step | null> {
    const { columns, pages, links, reposts } = check;
    const places = [-1, ...columns.keys()];
    const unread = places.find((at) => !pages.some((page) => page.at === at));
    if (unread !== undefined) return this.#page(unread, unread < 0 ? check.homeUrl : columns[unread]!.url);
    if (links.left !== 0) return this.#links(check);
    return reposts ? null : this.#reposts(check.site);
  }

  async #page(at: number, url: string): Promise<Step> {
    const answer = await this.visitor.read(url);
    const snapshot = await this.visitor.keep(answer);
    const unread = { newest: null, entries: 0, snapshot };
    if (!answer.ok) {
      const trouble = { code: answer.code, detail: answer.detail.slice(0, 500) };
      return { type: 'site_check.record_page', page: { at, url, trouble, ...unread } };
    }
    const html = decodeText(answer.bytes, answer.contentType).text;
    const { newest, entries } = pageEntries(html, answer.url, this.#today());
    return { type: 'site_check.record_page', page: { at, url, trouble: null, newest, entries, snapshot } };
  }

  /** Follows the next few. What fails is asked a second time before it is called dead. */
  async #links(check: SiteCheckRow): Promise<Step> {
    const all = await this.#linksOf(check);
    const from = check.links.followed;
    const dead = [];
    const some = all.slice(from, from + most.atOnce);
    for (const { url, on } of some) {
      const first = await this.visitor.follow(url);
      const trouble = first && (await this.visitor.follow(url));
      if (trouble) dead.push({ url: url.slice(0, 2_000), on: on.slice(0, 2_000), ...trouble });
    }
    const left = all.length - from - some.length;
    return { type: 'site_check.record_links', from, followed: some.length, left, dead };
  }

  /** From the pages as they were kept, so that the list is the same at every step. */
  async #linksOf({ pages }: SiteCheckRow): Promise<{ url: string; on: string }[]> {
    const found = new Map<string, string>();
    for (const { url: on, snapshot, trouble } of pages) {
      const kept = snapshot !== null && trouble === null ? await this.evidence.read(snapshot) : null;
      if (!kept) continue;
      const { headers, body } = decodeAnswer(kept.bytes);
      const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
      for (const url of pageEntries(decodeText(Buffer.from(body), type).text, on, this.#today()).links)
        if (!found.has(url)) found.set(url, on);
    }
    const read = new Set(pages.map(({ url }) => url));
    return [...found]
      .filter(([url]) => !read.has(url))
      .slice(0, most.links)
      .map(([url, on]) => ({ url, on }));
  }

  /** The newest reposts of the site that the log says are out, as whoever published them compares them. */
  async #reposts(site: string): Promise<Step> {
    const looks = [];
    for (const { taskId, title } of await newestReposts(
      (query) => this.oversight.tasks(query),
      site,
      most.reposts,
      this.clock.now(),
    )) {
      const look = await this.#look(site, taskId).catch((error: unknown) => ({
        title,
        url: '',
        fault: 'unchecked' as const,
        detail: String(error).slice(0, 500),
        snapshot: null,
      }));
      if (look) looks.push({ taskId, ...look, url: look.url.slice(0, 2_000) });
    }
    return { type: 'site_check.record_reposts', looks, trouble: null };
  }

  async #look(site: string, taskId: string): Promise<RepostLook> {
    return RepostLook.parse(await this.client.ask('reposts.look', { site, taskId }, repostPatienceMs));
  }

  #today(): string {
    return DateTime.fromISO(this.clock.now(), { zone: 'Asia/Shanghai' }).toISODate()!;
  }
}
