import type { Publication as Dated, Source } from '@tongsheng/contracts';
import type { Chance } from './chance.ts';
import { beijing, publishingHours, publishingShare } from './hours.ts';
import type { VirtualTime } from './time.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const listed = 100;

export type Version = { title: string; html: string; from: number };

/** One publication of one source, as it really was: what the log is judged by. */
export type Publication = {
  number: number;
  sourceId: string;
  /** Publications of one number are the same policy. */
  policy: number;
  guid: string | null;
  link: string;
  issuer: string | null;
  documentNumber: string | null;
  date: Dated;
  /** What its date says of when the clock starts. */
  dating: 'exact' | 'day' | 'future' | 'none' | 'backdated';
  versions: Version[];
  /** When it was there for everybody to see, in ms since 1970; the last one may have no end. */
  seen: { from: number; to: number | null }[];
  /** Where it stands in its list. */
  bumpedAt: number;
  /** Its id came out differently each time that it was listed, with its address the same. */
  restless: boolean;
};

/** A source with how busy it is. */
export type Column = {
  source: Source;
  /** Publications on a working day. */
  daily: number;
  /** Share of them that repeats what one of the sources `of` has published. */
  copies: number;
  of: readonly string[];
  issuer: string;
};

/** Shares of publications that are out of the ordinary. */
export type Habits = {
  edited: number;
  withdrawn: number;
  repeated: number;
  dayOnly: number;
  undated: number;
  future: number;
  backdated: number;
  explained: number;
  restless: number;
  /** Hours between two outages of a source, on average, and how long one lasts. */
  outageEveryHours: number;
  outageHours: number;
};

export const usualHabits: Habits = {
  edited: 0.08,
  withdrawn: 0.03,
  repeated: 0.06,
  dayOnly: 0.15,
  undated: 0.03,
  future: 0.01,
  backdated: 0.015,
  explained: 0.06,
  restless: 0.03,
  outageEveryHours: 150,
  outageHours: 1.5,
};

/** The world's websites: they publish by day more than by night, and do all that makes readers of sites lose things. */
export class Upstreams {
  readonly publications: Publication[] = [];
  readonly #bySource = new Map<string, Publication[]>();
  readonly #revisions = new Map<string, number>();
  readonly #downUntil = new Map<string, number>();
  /** From when to when a source could not be read. */
  readonly outages = new Map<string, { from: number; to: number }[]>();
  /** What is said of one policy, in whichever columns, is one explanation. */
  readonly #explanations = new Map<number, number>();
  #policies = 0;
  #stopped = false;

  constructor(
    readonly time: VirtualTime,
    readonly columns: readonly Column[],
    readonly chance: Chance,
    readonly habits: Habits,
  ) {}

  begin(): void {
    for (const column of this.columns) {
      this.#bySource.set(column.source.sourceId, []);
      this.#publishNext(column);
      this.#breakNext(column);
    }
  }

  /** Nothing new is published or changed from now on, and everything can be read. */
  stop(): void {
    this.#stopped = true;
    this.#downUntil.clear();
  }

  isDown(sourceId: string): boolean {
    return (this.#downUntil.get(sourceId) ?? 0) > this.time.now;
  }

  revision(sourceId: string): number {
    return this.#revisions.get(sourceId) ?? 0;
  }

  /** What its list shows, the newest first. */
  list(sourceId: string): Publication[] {
    const there = this.#bySource.get(sourceId)!.filter((each) => this.isThere(each));
    return there.sort((a, b) => b.bumpedAt - a.bumpedAt || b.number - a.number).slice(0, listed);
  }

  isThere({ seen }: Publication): boolean {
    const last = seen.at(-1)!;
    return last.to === null || last.to > this.time.now;
  }

  #publishNext(column: Column): void {
    // A steady stream, of which the quiet hours let little through.
    const mean = (publishingHours / column.daily) * hourMs;
    this.time.after(
      this.chance.wait(mean),
      () => {
        if (this.#stopped) return;
        if (this.chance.is(publishingShare(this.time.now))) this.#publish(column);
        this.#publishNext(column);
      },
      null,
    );
  }

  #publish(column: Column): void {
    const { chance, habits } = this;
    const original = chance.is(column.copies) ? this.#recent(column.of) : null;
    const number = this.publications.length + 1;
    const recent = !original && chance.is(habits.explained) ? this.#recent([column.source.sourceId]) : null;
    const explains = recent?.documentNumber ? recent : null;
    const policy = original?.policy ?? this.#explanations.get(explains?.policy ?? 0) ?? ++this.#policies;
    if (explains) this.#explanations.set(explains.policy, policy);
    const written = original ?? this.#write(column, policy, explains);
    const { sourceId, url } = column.source;
    const link = new URL(`/art/${number}.html`, url).href;
    const now = this.time.now;
    const { date, dating } = this.#date(now);
    const publication: Publication = {
      number,
      sourceId,
      policy,
      guid: chance.is(0.3) ? null : `tag:${sourceId},${number}`,
      link,
      issuer: original && chance.is(0.3) ? null : written.issuer,
      documentNumber: written.documentNumber,
      date,
      dating,
      versions: [{ ...written.version, from: now }],
      seen: [{ from: now, to: null }],
      bumpedAt: dating === 'backdated' ? Date.parse(date.at!) : now,
      restless: chance.is(habits.restless),
    };
    this.publications.push(publication);
    this.#bySource.get(sourceId)!.push(publication);
    this.#touch(sourceId);
    this.#plan(publication);
  }

  /** What will become of it. */
  #plan(publication: Publication): void {
    const { chance, habits } = this;
    const later = (meanHours: number, work: () => void) =>
      this.time.after(
        chance.wait(meanHours * hourMs) + minuteMs,
        () => {
          if (this.#stopped) return;
          work();
          this.#touch(publication.sourceId);
        },
        null,
      );
    if (chance.is(habits.edited)) {
      for (let i = chance.int(1, 2); i > 0; i--)
        later(chance.pick([0.1, 4, 40]), () => {
          const { title, html } = publication.versions.at(-1)!;
          const round = publication.versions.length + 1;
          publication.versions.push({ title, html: `${html}<p>更正：第${round}次修改。</p>`, from: this.time.now });
        });
    }
    if (chance.is(habits.repeated)) later(20, () => (publication.bumpedAt = this.time.now));
    if (chance.is(habits.withdrawn))
      later(chance.pick([0.05, 3, 30]), () => {
        if (!this.isThere(publication)) return;
        publication.seen.at(-1)!.to = this.time.now;
        if (chance.is(0.15)) later(5, () => publication.seen.push({ from: this.time.now, to: null }));
      });
  }

  #write(column: Column, policy: number, explains: Publication | null) {
    const topic = topics[policy % topics.length]!;
    const isNumbered = policy % 3 !== 0;
    const { year } = dateOf(this.time.now);
    const title = explains
      ? `关于《${explains.versions[0]!.title}》的解读`
      : isNumbered
        ? `${column.issuer}关于${topic}有关事项（${policy}）的公告`
        : `${column.issuer}${topic}工作动态第${policy}期`;
    const documentNumber = isNumbered && !explains ? `${codeOf(column.issuer)}〔${year}〕${policy}号` : null;
    const html = `<p>${title}。</p><p>一、${topic}的内容，第${policy}项。</p>`;
    return { issuer: column.issuer, documentNumber, version: { title, html } };
  }

  #recent(sourceIds: readonly string[]) {
    const since = this.time.now - 3 * hourMs;
    const found = sourceIds
      .flatMap((id) => this.#bySource.get(id)!.slice(-20))
      .filter(({ seen }) => seen[0]!.from >= since);
    if (found.length === 0) return null;
    const one = this.chance.pick(found);
    // A source repeats a policy once, and explains what it has.
    return { ...one, version: one.versions.at(-1)! };
  }

  #date(now: number): Pick<Publication, 'date' | 'dating'> {
    const { chance, habits } = this;
    const roll = chance.next();
    const bounds = [habits.dayOnly, habits.undated, habits.future, habits.backdated];
    const [day, none, future, backdated] = bounds.map((_, i) => bounds.slice(0, i + 1).reduce((a, b) => a + b)) as [
      number,
      number,
      number,
      number,
    ];
    const said = (at: number, precision: 'minute' | 'day') => {
      const instant = new Date(at).toISOString();
      return { at: instant, precision, text: instant.slice(0, precision === 'day' ? 10 : 16) } as const;
    };
    const minute = Math.floor(now / minuteMs) * minuteMs;
    if (roll < day) return { date: said(beijing(now).day * dayMs - 8 * hourMs, 'day'), dating: 'day' };
    if (roll < none) return { date: { at: null, precision: 'none', text: null }, dating: 'none' };
    if (roll < future) return { date: said(minute + chance.int(5, 50) * hourMs, 'minute'), dating: 'future' };
    if (roll < backdated) return { date: said(minute - chance.int(2, 60) * hourMs, 'minute'), dating: 'backdated' };
    return { date: said(minute, 'minute'), dating: 'exact' };
  }

  #breakNext(column: Column): void {
    const { chance, habits, time } = this;
    const { sourceId } = column.source;
    time.after(
      chance.wait(habits.outageEveryHours * hourMs),
      () => {
        if (this.#stopped) return;
        const to = time.now + chance.wait(habits.outageHours * hourMs);
        this.#downUntil.set(sourceId, to);
        this.outages.set(sourceId, [...(this.outages.get(sourceId) ?? []), { from: time.now, to }]);
        this.#breakNext(column);
      },
      null,
    );
  }

  #touch(sourceId: string): void {
    this.#revisions.set(sourceId, this.revision(sourceId) + 1);
  }
}

const topics = [
  '增值税小规模纳税人减免',
  '个人所得税综合所得汇算清缴',
  '企业所得税优惠备案',
  '研发费用加计扣除',
  '出口退税无纸化申报',
  '电子发票服务平台',
  '纳税信用评价',
  '社会保险费征缴',
];
const codeOf = (issuer: string) => `${issuer.slice(0, 2)}税发`;
const dateOf = (now: number) => ({ year: new Date(now + 8 * hourMs).getUTCFullYear() });
