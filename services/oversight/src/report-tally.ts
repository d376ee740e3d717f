import type { AggregateName, AnyEvent, PartRole, ReleaseKind, ReportPeriod } from '@tongsheng/contracts';

type Signed = { kind: ReleaseKind; format: string; site: string };

/**
 * What the log says of a period: every figure of a form that is no obligation to repost. Fed with the log's entries in
 * their order; what began before the period and ended in it counts as it ended.
 */
export class Tally {
  readonly #period: ReportPeriod;
  readonly #isOurs: (site: string) => boolean;
  readonly #counts = new Map<string, number>();
  readonly #signed = new Map<string, Signed>();
  readonly #public = new Set<string>();
  readonly #linked = new Map<string, { roles: Set<PartRole>; waived: boolean }>();
  readonly #rumors = new Map<string, { dueAt: string; site: string }>();
  readonly #offered = new Map<string, boolean>();
  readonly #deliveries = new Map<string, string>();
  /** Reports of netizens that came in the period: until when each is to be answered; null once it is, or is none. */
  readonly #corrections = new Map<string, string>();
  readonly #fakes = new Map<string, boolean>();
  readonly #drawn = new Map<string, { population: number; chosen: Set<string> }>();
  readonly #shares: number[] = [];

  constructor(period: ReportPeriod, isOurs: (site: string) => boolean) {
    this.#period = period;
    this.#isOurs = isOurs;
  }

  /** Every figure that it knows, 0 where nothing happened. */
  figures(): Record<string, string> {
    const counts = names.map((name) => [name, String(this.#counts.get(name) ?? 0)] as const);
    const lowest = this.#shares.length === 0 ? '没有办结的抽查' : Math.min(...this.#shares).toFixed(2);
    return { ...Object.fromEntries(counts), inspected_share: lowest };
  }

  add(event: AnyEvent): void {
    if (isCounted(event)) this.#take(event);
  }

  #take(event: Counted): void {
    switch (event.type) {
      case 'release.signed': {
        const { releaseId, site, kind, format } = event;
        this.#signed.set(`${site}/${releaseId}`, { kind, format, site });
        return;
      }
      case 'release.published':
        return this.#published(event.site, event.releaseId, event.publishedAt);
      case 'linked.planned': {
        const roles = new Set(event.parts.map(({ role }) => role));
        const waived = this.#linked.get(event.linkedId)?.waived ?? false;
        this.#linked.set(event.linkedId, { roles, waived });
        return;
      }
      case 'linked.waived': {
        const before = this.#linked.get(event.linkedId);
        if (before) before.waived = true;
        return;
      }
      case 'linked.opened': {
        const plan = this.#linked.get(event.linkedId);
        if (!plan?.roles.has('policy') || !this.#falls(event.site, event.openedAt)) return;
        if (plan.roles.has('interpretation') || plan.roles.has('chart')) this.#count('with_policy');
        else if (plan.waived) this.#count('waivers');
        return;
      }
      case 'rumor.reported': {
        const { site, rumorCaseId, dueAt, reportedAt } = event;
        this.#rumors.set(`${site}/${rumorCaseId}`, { dueAt, site });
        if (this.#falls(site, reportedAt)) this.#count('rumors');
        return;
      }
      case 'rumor.assessed': {
        const rumor = this.#rumors.get(`${event.site}/${event.rumorCaseId}`);
        if (rumor && event.dueAt !== undefined) rumor.dueAt = event.dueAt;
        return;
      }
      case 'rumor.rebutted': {
        const { site, rumorCaseId, rebuttedAt } = event;
        const rumor = this.#rumors.get(`${site}/${rumorCaseId}`);
        if (!rumor || !this.#falls(site, rebuttedAt)) return;
        this.#count('rebuttals');
        if (rebuttedAt <= rumor.dueAt) this.#count('rebuttals_on_time');
        return;
      }
      case 'submission.offered': {
        const isOurs = this.#falls(event.site, event.offeredAt);
        this.#offered.set(`${event.site}/${event.submissionId}`, isOurs);
        if (isOurs) this.#count('submissions');
        return;
      }
      case 'submission.adopted':
        // Of what was offered in the period, whenever it was adopted.
        if (this.#offered.get(`${event.site}/${event.submissionId}`)) this.#count('submissions_adopted');
        return;
      case 'delivery.requested':
        this.#deliveries.set(`${event.site}/${event.deliveryId}`, event.channelKind);
        return;
      case 'delivery.answered':
        if (event.outcome === 'confirmed') this.#seen(event.site, event.deliveryId, event.answeredAt);
        return;
      case 'delivery.probed':
        if (event.finding === 'present') this.#seen(event.site, event.deliveryId, event.probedAt);
        return;
      case 'delivery.resolved':
        if (event.resolution === 'arrived') this.#seen(event.site, event.deliveryId, event.resolvedAt);
        return;
      case 'delivery.reported':
        return this.#seen(event.site, event.deliveryId, event.reportedAt);
      case 'correction.received':
        if (!this.#falls(event.site, event.receivedAt)) return;
        this.#corrections.set(`${event.site}/${event.correctionId}`, event.dueAt);
        return this.#count('corrections_received');
      case 'correction.deadline_moved': {
        const key = `${event.site}/${event.correctionId}`;
        if (this.#corrections.has(key)) this.#corrections.set(key, event.dueAt);
        return;
      }
      case 'correction.folded':
      case 'correction.spam_marked':
        // What reports nothing of its own is no report.
        if (this.#corrections.delete(`${event.site}/${event.correctionId}`)) this.#count('corrections_received', -1);
        return;
      case 'correction.spam_lifted':
        if (!this.#falls(event.site, event.receivedAt)) return;
        this.#corrections.set(`${event.site}/${event.correctionId}`, event.dueAt);
        return this.#count('corrections_received');
      case 'correction.answered': {
        const key = `${event.site}/${event.correctionId}`;
        const dueAt = this.#corrections.get(key);
        // The first answer counts; a later one puts it right.
        if (dueAt === undefined || !this.#corrections.delete(key)) return;
        this.#count('corrections_answered');
        if (event.answeredAt <= dueAt) this.#count('corrections_on_time');
        return;
      }
      case 'incident.opened': {
        const { site, incidentId, kind, openedAt } = event;
        if (!this.#falls(site, openedAt)) return;
        this.#count('incidents');
        if (kind !== 'fake_site') return;
        this.#fakes.set(`${site}/${incidentId}`, false);
        return this.#count('fake_sites');
      }
      case 'incident.referred': {
        const key = `${event.site}/${event.incidentId}`;
        if (this.#fakes.get(key) !== false) return;
        this.#fakes.set(key, true);
        return this.#count('fake_sites_referred');
      }
      case 'inspection.opened':
        this.#drawn.set(`${event.site}/${event.inspectionId}`, {
          population: event.population.length,
          chosen: new Set(),
        });
        return;
      case 'inspection.drawn':
        return this.#draw(event, event.chosen);
      case 'inspection.enlarged':
        return this.#draw(event, event.added);
      case 'inspection.concluded':
        if (event.result === 'failed' && this.#falls(event.site, event.concludedAt)) this.#count('inspected_failed');
        return;
      case 'inspection.interviewed':
        if (this.#falls(event.site, event.interviewedAt)) this.#count('interviews_held');
        return;
      case 'inspection.published': {
        const drawn = this.#drawn.get(`${event.site}/${event.inspectionId}`);
        if (event.stage !== 'results' || event.version > 1 || !drawn) return;
        if (!this.#falls(event.site, event.publishedAt)) return;
        this.#count('inspections');
        this.#count('inspected', drawn.chosen.size);
        this.#shares.push((drawn.chosen.size * 100) / drawn.population);
        return;
      }
    }
  }

  #draw({ site, inspectionId }: { site: string; inspectionId: string }, sites: readonly string[]): void {
    const drawn = this.#drawn.get(`${site}/${inspectionId}`);
    for (const each of sites) drawn?.chosen.add(each);
  }

  #published(site: string, releaseId: string, at: string): void {
    const key = `${site}/${releaseId}`;
    // A correction is no second release.
    if (this.#public.has(key)) return;
    this.#public.add(key);
    const signed = this.#signed.get(key);
    if (!signed || !this.#falls(site, at)) return;
    this.#count('published_own');
    if (signed.kind === 'interpretation') {
      this.#count('interpretations');
      this.#count(signed.format === 'text' ? 'interpretations_material' : 'interpretations_product');
    }
    if (signed.kind === 'response' || signed.kind === 'rebuttal') this.#count('responses');
  }

  /** Once for each delivery: when it was first known to be there. */
  #seen(site: string, deliveryId: string, at: string): void {
    const key = `${site}/${deliveryId}`;
    const kind = this.#deliveries.get(key);
    if (kind === undefined) return;
    this.#deliveries.delete(key);
    if (!this.#falls(site, at)) return;
    this.#count(kind.startsWith('wechat') ? 'wechat_posts' : kind.startsWith('weibo') ? 'weibo_posts' : 'other_posts');
  }

  #falls(site: string, at: string): boolean {
    return this.#isOurs(site) && at >= this.#period.from && at < this.#period.to;
  }

  #count(name: (typeof names)[number], by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }
}

/** What figures are made of. */
const counted = [
  'release.signed',
  'release.published',
  'linked.planned',
  'linked.waived',
  'linked.opened',
  'rumor.reported',
  'rumor.assessed',
  'rumor.rebutted',
  'submission.offered',
  'submission.adopted',
  'delivery.requested',
  'delivery.answered',
  'delivery.probed',
  'delivery.resolved',
  'delivery.reported',
  'correction.received',
  'correction.deadline_moved',
  'correction.folded',
  'correction.spam_marked',
  'correction.spam_lifted',
  'correction.answered',
  'incident.opened',
  'incident.referred',
  'inspection.opened',
  'inspection.drawn',
  'inspection.enlarged',
  'inspection.concluded',
  'inspection.interviewed',
  'inspection.published',
] as const;
type Counted = Extract<AnyEvent, { type: (typeof counted)[number] }>;
const countedTypes: ReadonlySet<string> = new Set(counted);
const isCounted = (event: AnyEvent): event is Counted => countedTypes.has(event.type);
/** Whether an entry may hold any, by the type in its envelope; of several events it says only that there are several. */
export const isCountedType = (type: string): boolean => type === 'decision' || countedTypes.has(type);

/** Its figures, by the part of the log that they are read from. */
export const countedFrom = {
  release: ['published_own', 'interpretations', 'interpretations_material', 'interpretations_product', 'responses'],
  linked: ['with_policy', 'waivers'],
  rumor: ['rumors', 'rebuttals', 'rebuttals_on_time'],
  submission: ['submissions', 'submissions_adopted'],
  delivery: ['wechat_posts', 'weibo_posts', 'other_posts'],
  correction: ['corrections_received', 'corrections_answered', 'corrections_on_time'],
  incident: ['incidents', 'fake_sites', 'fake_sites_referred'],
  inspection: ['inspections', 'inspected', 'inspected_share', 'inspected_failed', 'interviews_held'],
} as const satisfies Partial<Record<AggregateName, readonly string[]>>;
const names = Object.values(countedFrom).flat();
