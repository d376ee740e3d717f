import { setTimeout as wait } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { AlarmCall, AlarmEvent, AlarmSubject, Means } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { alarm, callingOf, nextCall } from './alarm.ts';
import { meansOfTelling, toldOnce, toldTogether } from './means/index.ts';
import type { Addressee, Ended, MeansOfTelling, Relay } from './means/means.ts';
import type { Notice } from './message.ts';
import { Office } from './office.ts';

export class Outside {
  readonly relay: Relay;
  readonly consoleUrl: string;
  constructor(relay: Relay, consoleUrl: string) {
    this.relay = relay;
    this.consoleUrl = consoleUrl;
  }
}

/** Pauses before the second and the third try, in ms. After them the ladder goes on without this one. */
const pauses = [1_000, 4_000];

type Raised = Extract<AlarmEvent, { type: 'alarm.raised' }>;
type Calling = AlarmCall['people'][number];

/**
 * When a step is called, then its people are written to, each once: what is in the log is not sent again. A process
 * that dies between sending and writing that down sends the same again under the same name, which mailboxes and
 * endpoints can tell; a text message or a robot's can't, and is written down before it is sent: an alarm that nobody gets is
 * worse than one that comes twice.
 */
@Controller()
export class TellPeople {
  readonly #means: Record<Means, MeansOfTelling | null>;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly office: Office,
    private readonly outside: Outside,
  ) {
    this.#means = meansOfTelling(outside.relay, (kind, site) => office.meansOf(kind, site));
  }

  @Reaction('alarm', 'tell-people')
  async react(@Payload() entry: Entry<AlarmEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'alarm.raised' && event.type !== 'alarm.passed_on') continue;
      if (!event.call || event.call.people.every(({ by }) => this.#means[by] === null)) continue;
      await this.#tell(entry, event.call);
    }
  }

  async #tell(entry: Entry, call: AlarmCall): Promise<void> {
    const past = await this.journal.read({ aggregate: 'alarm', site: entry.site, id: entry.id });
    const state = past.events.reduce((before, event) => alarm.evolve(before, event as AlarmEvent), alarm.initial);
    // Taken or over before anyone could be told, or a step that has been passed on from: it is no longer true.
    if (state.status !== 'calling' || state.call.step !== call.step) return;
    const events = past.events as AlarmEvent[];
    const raised = events.findLast((event): event is Raised => event.type === 'alarm.raised');
    if (!raised) return;
    const at = entry.envelope.time;
    const notice = await this.#notice(raised, events, call, at);
    const untold = call.people.filter((calling) => !state.told.includes(callingOf(calling)));
    await Promise.all(tellingsOf(untold).map((people) => this.#tellThem(entry, raised, call.step, people, notice, at)));
  }

  /** One message: to one person, or to the group that all of them are in. */
  async #tellThem(
    entry: Entry,
    { alarmId, site }: Raised,
    step: number,
    people: readonly [Calling, ...Calling[]],
    notice: Notice,
    at: string,
  ) {
    const [{ by, personId: first }] = people;
    const tell = this.#means[by];
    if (!tell) return;
    const name = `${alarmId}.${entry.position}.${toldTogether.has(by) ? 'group' : first}.${by}`;
    const head = () => ({ at: this.clock.now(), actor: { kind: 'service' as const, id: 'duty' }, ...causedBy(entry) });
    const nameOf = (personId: string) => `${alarmId}.${entry.position}.${personId}.${by}`;
    const whomOf = (personId: string) => ({ alarmId, site, step, personId, by });
    // It is sent when all of it is written down: while one of them is not, nobody was told.
    let isFirst = !toldOnce.has(by);
    if (!isFirst)
      for (const { personId } of people) {
        const begin = { type: 'alarm.begin_telling' as const, id: `${nameOf(personId)}/telling`, ...head() };
        const { changed } = await carryOut(this.journal, alarm, { ...begin, ...whomOf(personId) });
        isFirst ||= changed;
      }
    let ended: Ended = { outcome: 'unknown', detail: '发送时中断，是否送到不明，不再重发', again: false };
    if (isFirst) {
      const telling = { name, people: await this.#addressees(people), site, at };
      for (let attempt = 0; ; attempt++) {
        ended = await tell({ ...telling, notice: { ...notice, at: this.clock.now() } });
        const pause = pauses[attempt];
        if (ended.outcome === 'confirmed' || !ended.again || pause === undefined) break;
        await wait(pause);
      }
    }
    const { outcome, detail } = ended;
    for (const { personId } of people) {
      this.log.info('alarm.told', { alarmId, personId, by, outcome });
      await carryOut(this.journal, alarm, {
        type: 'alarm.record_told',
        id: `${nameOf(personId)}/told`,
        ...head(),
        ...whomOf(personId),
        outcome,
        detail: detail.slice(0, 500),
      });
    }
  }

  async #addressees([first, ...others]: readonly [Calling, ...Calling[]]): Promise<[Addressee, ...Addressee[]]> {
    const addressee = async ({ personId, name }: Calling) => ({
      personId,
      name,
      contact: await this.office.contactOf(personId),
    });
    return [await addressee(first), ...(await Promise.all(others.map(addressee)))];
  }

  async #notice(raised: Raised, events: readonly AlarmEvent[], call: AlarmCall, at: string): Promise<Notice> {
    const { about, site, steps } = raised;
    const since = events.slice(events.lastIndexOf(raised));
    const calls = since.flatMap((event) => {
      if (event.type === 'alarm.raised') return event.call ? [{ call: event.call, at: event.raisedAt }] : [];
      return event.type === 'alarm.passed_on' ? [{ call: event.call, at: event.passedOnAt }] : [];
    });
    const called = calls.flatMap(({ call: { people } }) => people);
    const roster = await this.office.rosterFor(steps, site, call.answerBy);
    const next = nextCall({ steps, roster, from: call.step + 1, called, at: call.answerBy }).call;
    const before = calls
      .filter((each) => each.call.step < call.step)
      .flatMap((each) => [...new Set(each.call.people.map(({ name }) => name))].map((name) => ({ name, at: each.at })));
    return {
      about,
      siteName: site === null ? null : (this.office.site(site)?.name ?? site),
      at,
      link: `${this.outside.consoleUrl}${pathOf(about, site)}`,
      before,
      next: next && { people: distinct(next.people), at: call.answerBy },
    };
  }
}

/** Who is told by one message: each alone, or a group at once. */
function tellingsOf(people: readonly Calling[]): [Calling, ...Calling[]][] {
  const found: [Calling, ...Calling[]][] = [];
  for (const calling of people) {
    const group = toldTogether.has(calling.by) && found.find(([{ by }]) => by === calling.by);
    if (group) group.push(calling);
    else found.push([calling]);
  }
  return found;
}

const distinct = (people: readonly Calling[]) =>
  people.filter(({ personId }, i) => people.findIndex((other) => other.personId === personId) === i);

/** Where in the console something can be done about it. */
function pathOf(about: AlarmSubject, site: string | null): string {
  switch (about.kind) {
    case 'task':
    case 'page':
      return `/reposts/${site}/${about.taskId}`;
    case 'rumor':
      return `/rumors/${site}/${about.rumorCaseId}`;
    case 'correction':
      return `/corrections/${site}/${about.correctionId}`;
    case 'report':
      return `/reports/${site}/${about.reportId}`;
    case 'calendar':
      return '/admin/calendar';
    case 'inspection':
      return `/inspections/${site}/${about.inspectionId}`;
    case 'recall':
      return `/releases/recalls/${site}/${about.releaseId}/${about.round}`;
    case 'submission':
      return `/submissions/${about.from}/${about.submissionId}`;
    case 'review_debt':
      return `/releases/${site}/${about.releaseId}`;
    case 'linked':
      return `/linked/${site}/${about.linkedId}`;
    case 'source':
      return `/sources/${about.sourceId}`;
    case 'assignment':
      return '/deliveries/assisted';
    case 'delivery':
      return `/deliveries/${site}/${about.deliveryId}`;
    case 'credential':
    case 'stoppage':
      return `/channels/${about.channelId}`;
    case 'balance':
      return '/health';
    case 'incident':
      return `/incidents/${site}/${about.incidentId}`;
    case 'handover':
    case 'drill':
      return '/duty';
  }
}
