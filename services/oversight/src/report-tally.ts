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

  constructor(period: ReportPeriod, isOurs: (site: string) => boolean) {
    this.#period = period;
    this.#isOurs = isOurs;
  }

  /** Which parts of the log it has to be fed with. */
  static readonly follows = ['release', 'linked', 'rumor', 'submission', 'delivery'] as const satisfies AggregateName[];

  /** Every figure that it knows, 0 where nothing happened. */
  figures(): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, String(this.#counts.get(name) ?? 0)]));
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
    }
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

  #count(name: (typeof names)[number]): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
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
] as const;
type Counted = Extract<AnyEvent, { type: (typeof counted)[number] }>;
const isCounted = (event: AnyEvent): event is Counted => (counted as readonly string[]).includes(event.type);

const names = [
  'published_own',
  'interpretations',
  'interpretations_material',
  'interpretations_product',
  'responses',
  'with_policy',
  'waivers',
  'rumors',
  'rebuttals',
  'rebuttals_on_time',
  'submissions',
  'submissions_adopted',
  'wechat_posts',
  'weibo_posts',
  'other_posts',
] as const;
