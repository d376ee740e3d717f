import { NoAnswer, type BusClient, type Journal } from '@tongsheng/bus';
import {
  Refusal,
  versionsOf,
  type ItemEvent,
  type Person,
  type RepostCommand,
  type RepostRow,
  type RoutingCommand,
  type Site,
} from '@tongsheng/contracts';
import type { Chance } from './chance.ts';
import { beijing } from './hours.ts';
import type { House } from './processes.ts';

const minuteMs = 60_000;

/** What a person was told of a command: what the log must bear out. */
export type Told = {
  commandId: string;
  type: string;
  task: string;
  /** The hash of what was on the screen, where it was signed. */
  seenHash: string | null;
  answer: 'changed' | 'unchanged' | 'refused' | 'unknown';
  code: string | null;
};

/** What people see and tell commands through: a process of its own, that may be away. */
export type Desk = { client: BusClient; journal: Journal; isUp(): boolean };

type Without<C> = C extends unknown ? Omit<C, 'id' | 'at' | 'actor'> : never;

/** People at work: at their own pace, in their hours, sometimes two on one task, and at night hardly anybody. */
export class People {
  readonly told: Told[] = [];
  /** Answers to commands, by what was refused. */
  readonly refusals = new Map<string, number>();
  desk: Desk | null = null;
  /** Until when a colleague stays late, when all is quiet and everything is to be finished. */
  tireless = false;
  readonly #house: House;
  readonly #sites: readonly Site[];
  readonly #people: readonly Person[];
  readonly #chance: Chance;
  #said = 0;

  constructor(house: House, sites: readonly Site[], people: readonly Person[]) {
    this.#house = house;
    this.#sites = sites;
    this.#people = people;
    this.#chance = house.chance.of('people');
  }

  begin(): void {
    for (const site of this.#sites) {
      for (const person of this.#people.filter(({ sites }) => sites.includes(site.siteId)))
        this.#work(person, site.siteId);
    }
    this.#administrate();
  }

  #work(person: Person, site: string): void {
    const { time } = this.#house.server;
    const pauseMs = this.#pauseOf(person);
    time.after(
      pauseMs ?? 20 * minuteMs,
      () => {
        // Nobody waits for a screen that hangs.
        if (pauseMs !== null && this.desk?.isUp())
          void this.#act(person, site).catch((error: unknown) => this.#failed(error));
        this.#work(person, site);
      },
      null,
    );
  }

  /** Until the next decision; null: not at work. */
  #pauseOf({ personId, roles }: Person): number | null {
    const { chance } = { chance: this.#chance };
    if (this.tireless) return chance.between(1, 4) * minuteMs;
    const { hour, weekend, day } = beijing(this.#house.server.time.now);
    const isEditor = roles.includes('editor');
    const isFirst = personId.endsWith('-a');
    if (!weekend && ((hour >= 8.5 && hour < 12) || (hour >= 13 && hour < 18)))
      return chance.between(2, isEditor ? 12 : 25) * minuteMs;
    // One evening in five nobody comes, and of two editors one is enough.
    const comes = (day * 7 + personId.length) % 5 !== 0;
    if (hour >= 18 && hour < 23 && comes && (isFirst || !isEditor)) return chance.between(5, 40) * minuteMs;
    if (weekend && hour >= 9 && hour < 17 && isFirst === isEditor) return chance.between(5, 30) * minuteMs;
    return null;
  }

  async #act(person: Person, site: string): Promise<void> {
    const { chance } = { chance: this.#chance };
    if (person.roles.includes('manager')) await this.#lead(person, site);
    const open = await this.#openOf(site);
    const isReviewer = person.roles.includes('reviewer');
    const mine = open
      .filter(({ reviews, exemption }) => exemption === null && reviews.length > 0 === isReviewer)
      .slice(0, 12);
    if (mine.length === 0) return;
    // What is due first, mostly; the colleague thinks the same.
    const row = chance.is(0.8) ? mine[0]! : chance.pick(mine);
    await this.#decide(person, row);
  }

  /** What waits for somebody at a site, what is due first at the top. */
  async #openOf(site: string): Promise<RepostRow[]> {
    const open = await this.#house.models.reposts.list('open', { limit: 10_000 });
    return open.filter((row) => row.site === site && row.state === 'queued');
  }

  async #decide(person: Person, row: RepostRow): Promise<void> {
    const chance = this.#chance;
    const { taskId, site } = row;
    const task = { taskId, site };
    const reading = () => this.#house.server.time.wait(chance.between(0.2, 3) * minuteMs);
    if (chance.is(0.4)) await this.#say(person, { type: 'repost.claim', ...task });
    await reading();
    if (row.retract) return this.#answerWithdrawal(person, task);
    const roll = chance.next();
    if (roll < 0.02 && row.reviews.length === 0)
      return void (await this.#say(person, { type: 'repost.request_exemption', ...task, reason: '与本地区无关' }));
    if (roll < 0.03 && row.reviews.length > 0)
      return void (await this.#say(person, { type: 'repost.return', ...task, reason: '请核对', roles: person.roles }));
    if (roll < 0.06 && row.reviews.length === 0 && !row.edit) return this.#edit(person, row);
    const seenHash = row.edit && row.edit.basedOn === row.contentHash ? row.edit.contentHash : row.contentHash;
    if (row.edit && row.edit.basedOn !== row.contentHash)
      await this.#say(person, { type: 'repost.drop_edit', ...task });
    const answer = await this.#say(person, { type: 'repost.approve', ...task, seenHash, roles: person.roles });
    if (answer === 'changed' && chance.is(0.015)) {
      await this.#house.server.time.wait(chance.between(1, 12) * 1_000);
      await this.#say(person, { type: 'repost.undo_approval', ...task });
    }
  }

  /** What its source took back comes down, or one in ten stays, if a second person agrees. */
  async #answerWithdrawal(person: Person, task: { taskId: string; site: string }): Promise<void> {
    const chance = this.#chance;
    if (chance.is(0.1))
      return void (await this.#say(person, { type: 'repost.request_exemption', ...task, reason: '原文另有公布' }));
    const answer = await this.#say(person, { type: 'repost.retract', ...task });
    if (answer !== 'changed' || !chance.is(0.05)) return;
    await this.#house.server.time.wait(chance.between(1, 12) * 1_000);
    await this.#say(person, { type: 'repost.undo_approval', ...task });
  }

  async #edit(person: Person, { taskId, site, itemId, sourceId, contentHash }: RepostRow): Promise<void> {
    const past = await this.desk!.journal.read({ aggregate: 'item', site: sourceId, id: itemId });
    const version = versionsOf(past.events as ItemEvent[]).findLast((each) => each.contentHash === contentHash);
    if (!version) return;
    const html = `${version.html}<p>编者按。</p>`;
    await this.#say(person, { type: 'repost.edit', taskId, site, itemId, basedOn: contentHash, html, replaces: null });
  }

  /** Second signatures. Whoever asked tries to sign, too. */
  async #lead(person: Person, site: string): Promise<void> {
    const waiting = (await this.#openOf(site)).filter(({ exemption }) => exemption !== null);
    for (const { taskId, exemption } of waiting.slice(0, 3)) {
      const task = { taskId, site };
      const asker = this.#people.find(({ personId }) => personId === exemption?.by);
      if (asker && this.#chance.is(0.5)) await this.#say(asker, { type: 'repost.exempt', ...task });
      if (this.#chance.is(0.7)) await this.#say(person, { type: 'repost.exempt', ...task });
      else await this.#say(person, { type: 'repost.refuse_exemption', ...task, reason: '应当转载' });
    }
  }

  /** Every morning somebody looks at what could not be handled, and has it tried again. */
  #administrate(): void {
    const { time } = this.#house.server;
    time.after(
      20 * minuteMs,
      () => {
        const { hour } = beijing(time.now);
        if (this.desk?.isUp() && (this.tireless || (hour >= 8 && hour < 20))) this.onMorning();
        this.#administrate();
      },
      null,
    );
  }

  /** Set by the world: replays dead letters. */
  onMorning: () => void = () => {};

  async #say(person: Person, given: Without<RepostCommand> | Without<RoutingCommand>): Promise<Told['answer']> {
    const { time } = this.#house.server;
    const actor = { kind: 'person' as const, id: person.personId, name: person.name };
    const commandId = `desk/${this.#said++}`;
    const command = { ...given, id: commandId, at: time.instant, actor } as RepostCommand;
    const task = `${command.site}/${command.taskId}`;
    let [answer, code] = ['unknown' as Told['answer'], null as string | null];
    for (let attempt = 0; attempt < 4 && answer === 'unknown'; attempt++) {
      if (!this.desk?.isUp()) break;
      try {
        const { changed } = await this.desk.client.command('repost', command);
        // A second try of what was done answers that nothing changed.
        answer = changed ? 'changed' : 'unchanged';
      } catch (error) {
        if (error instanceof Refusal) [answer, code] = ['refused', error.code];
        else if (error instanceof NoAnswer) await time.wait(2_000);
        else throw error;
      }
    }
    if (code) this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
    const seenHash = command.type === 'repost.approve' ? command.seenHash : null;
    this.told.push({ commandId, type: command.type, task, seenHash, answer, code });
    return answer;
  }

  #failed(error: unknown): void {
    const { complaints } = this.#house;
    const words = `desk: ${String(error)}`.slice(0, 160);
    complaints.set(words, (complaints.get(words) ?? 0) + 1);
  }
}
