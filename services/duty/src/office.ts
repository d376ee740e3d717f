import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import {
  handoverGraceMs,
  meansIdOf,
  occasionInstead,
  onDuty,
  type AlarmMeans,
  type AlarmMeansKind,
  type Contact,
  type LadderStep,
  type Occasion,
  type Reached,
  type Site,
} from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';
import { DateTime, Duration } from 'luxon';
import { peopleOf } from './whom.ts';

/** From an incident's opening to its first report, where the site says nothing else. */
const usualIncidentLimit = 'PT1H';
const longPastMs = 24 * 3_600_000 + handoverGraceMs;

/** The roster, the ladders and the people as they are registered now. Ready before the first door opens. */
@Injectable()
export class Office implements OnModuleInit, OnModuleDestroy {
  #shifts!: LiveTable<'shift'>;
  #ladders!: LiveTable<'ladder'>;
  #contacts!: LiveTable<'contact'>;
  #people!: LiveTable<'person'>;
  #sites!: LiveTable<'site'>;
  #sources!: LiveTable<'source'>;
  #channels!: LiveTable<'channel'>;
  #means!: LiveTable<'means'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('office.unreadable', { reason: reasonOf(error) });
    [
      this.#shifts,
      this.#ladders,
      this.#contacts,
      this.#people,
      this.#sites,
      this.#sources,
      this.#channels,
      this.#means,
    ] = await Promise.all([
      LiveTable.open(this.bus, 'shift', onFailure),
      LiveTable.open(this.bus, 'ladder', onFailure),
      LiveTable.open(this.bus, 'contact', onFailure),
      LiveTable.open(this.bus, 'person', onFailure),
      LiveTable.open(this.bus, 'site', onFailure),
      LiveTable.open(this.bus, 'source', onFailure),
      LiveTable.open(this.bus, 'channel', onFailure),
      LiveTable.open(this.bus, 'means', onFailure),
    ]);
  }

  async onModuleDestroy(): Promise<void> {
    const tables = [this.#shifts, this.#ladders, this.#contacts, this.#people, this.#sites, this.#sources];
    await Promise.all([...tables, this.#channels, this.#means].map((table) => table.close()));
  }

  /** The steps for an occasion: the site's own ladder, else the one for all sites. Empty: nobody is to be told. */
  async stepsFor(site: string | null, on: Occasion): Promise<LadderStep[]> {
    await this.#ladders.fresh();
    const ladders = this.#ladders.all();
    const found = ladders.find((each) => each.site === site) ?? ladders.find((each) => each.site === '*');
    const steps = (occasion: Occasion | undefined) => (found?.steps ?? []).filter((step) => step.on === occasion);
    const own = steps(on);
    const told = own.length > 0 ? own : steps(occasionInstead[on]);
    return told.map(({ whom, by, within }) => ({ whom, by, within }));
  }

  /** Whom each step means at this moment, by the newest roster. */
  async rosterFor(steps: readonly LadderStep[], site: string | null, at: string): Promise<Reached[][]> {
    await Promise.all([this.#shifts.fresh(), this.#people.fresh()]);
    const staff = { shifts: this.#shifts.all(), people: this.#people.all() };
    return steps.map(({ whom }) => peopleOf(whom, site, at, staff));
  }

  async contactOf(personId: string): Promise<Contact | undefined> {
    await this.#contacts.fresh();
    return this.#contacts.get(personId);
  }

  /** The gateway or robot of that kind that serves a site: its own, else the one for all sites. */
  async meansOf(kind: AlarmMeansKind, site: string | null): Promise<AlarmMeans | undefined> {
    await this.#means.fresh();
    const usable = this.#means.all().flatMap(({ means }) => (means.kind === kind && !means.disabled ? [means] : []));
    return usable.find((each) => each.site === site) ?? usable.find((each) => each.site === '*');
  }

  /** As it is registered, in use or not. */
  async registeredMeans(of: Pick<AlarmMeans, 'site' | 'kind'>): Promise<AlarmMeans | undefined> {
    await this.#means.fresh();
    return this.#means.get(meansIdOf(of))?.means;
  }

  /**
   * Whose a shift is and who comes after it, by the newest roster; `waived` says why nothing is to be handed over. What
   * ended a day ago wakes nobody.
   */
  async shiftAtEnd(shiftId: string, at: string) {
    await Promise.all([this.#shifts.fresh(), this.#people.fresh()]);
    const found = this.#shifts.get(shiftId);
    if (!found || found.cancelled) return { site: null, shift: null, next: null, waived: 'cancelled' as const };
    const { site, personId, substituteId, from, to } = found;
    const nameOf = (id: string) => this.#people.get(id)?.name ?? id;
    const after = onDuty(this.#shifts.all(), site === '*' ? null : site, to).filter((each) => each.shiftId !== shiftId);
    const goesOn = after.some((each) => each.personId === personId);
    const next = after.find((each) => each.personId !== personId);
    const isPast = Date.parse(at) - Date.parse(to) > longPastMs;
    return {
      site,
      shift: { personId, name: nameOf(personId), substituteId, from, to },
      next: next ? { personId: next.personId, name: nameOf(next.personId) } : null,
      waived: isPast ? ('past' as const) : goesOn ? ('same_person' as const) : null,
    };
  }

  /** Until when an incident that is opened now is to be reported, by the site's own limit. */
  reportBy(site: string, at: string): { limit: string; dueAt: string } {
    const limit = this.#sites.get(site)?.incidentLimit ?? usualIncidentLimit;
    const dueAt = DateTime.fromISO(at, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO();
    if (dueAt === null) throw new TypeError(`${at} plus ${limit} is no instant`);
    return { limit, dueAt };
  }

  site(siteId: string): Site | undefined {
    return this.#sites.get(siteId);
  }

  channelName(channelId: string): string {
    return this.#channels.get(channelId)?.channel.name ?? channelId;
  }

  sourceName(sourceId: string): string {
    return this.#sources.get(sourceId)?.name ?? sourceId;
  }
}
