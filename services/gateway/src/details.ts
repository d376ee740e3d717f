import { Injectable } from '@nestjs/common';
import { Bus, Journal, logOf, type Entry } from '@tongsheng/bus';
import {
  check,
  checkedTexts,
  clue,
  draft,
  homeOf,
  Refusal,
  versionsOf,
  type ClusterEvent,
  type ClusterView,
  type ItemEvent,
  type LinkedDetail,
  type ItemVersion,
  type ReleaseComment,
  type RecallDetail,
  type RecallEvent,
  type ReleaseDetail,
  type ReleaseEvent,
  type RepostDetail,
  type RepostEvent,
  type RoutingEvent,
  type RumorDetail,
  type RumorEvent,
  type SimilarRumors,
  type SubmissionDetail,
  type SubmissionEvent,
  type TimelineEntry,
} from '@tongsheng/contracts';
import { releaseDocument, renderOriginal, renderPreview, repostDocument, showPublication } from '@tongsheng/pages';
import { Clock } from '@tongsheng/runtime';
import { markHtml, textOf } from '@tongsheng/web';
import { houseOf, turnOf } from './house.ts';
import { likeness } from './likeness.ts';
import { Models } from './models.ts';
import { looksOf } from './page-looks.ts';
import { RepostTasks } from './repost-tasks.ts';
import { Settings } from './settings.ts';

/** Rebuttals looked through for one that fits, and how like it must be. */
const mostAnswered = 2_000;
const alike = 0.35;

/** Tasks and releases opened: the row from the read model, the rest straight from the log. */
@Injectable()
export class Details {
  constructor(
    private readonly models: Models,
    private readonly tasks: RepostTasks,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly bus: Bus,
    private readonly settings: Settings,
  ) {}

  /** @throws Refusal repost_missing */
  async repost(siteId: string, taskId: string, wanted?: string): Promise<RepostDetail> {
    const row = await this.tasks.row(siteId, taskId);
    const site = this.models.sites.get(siteId);
    if (!row || !site) throw new Refusal('repost_missing', `no repost task ${taskId}`);
    const task = await this.journal.read({ aggregate: 'repost', site: siteId, id: taskId });
    const owed = (item: string | undefined) => row.obligations.find(({ itemId }) => itemId === item);
    // What was approved may have been split off to another task since.
    const obliged =
      wanted === undefined ? (owed(approvedIn(task.events as RepostEvent[])) ?? owed(row.itemId)) : owed(wanted);
    if (!obliged) throw new Refusal('repost_missing', `task ${taskId} does not owe item ${wanted ?? row.itemId}`);
    const { sourceId, itemId } = obliged;
    const [item, routing, cluster] = await Promise.all([
      this.journal.read({ aggregate: 'item', site: sourceId, id: itemId }),
      this.journal.read({ aggregate: 'routing', site: sourceId, id: itemId }),
      row.clusterId === null ? null : this.#cluster(siteId, row.clusterId),
    ]);
    const versions = versionsOf(item.events as ItemEvent[]);
    const version = versions.find((event) => event.version === obliged.version) ?? versions.at(-1);
    if (!version) throw new Refusal('repost_missing', `item ${itemId} is not in the log`);
    const { publication, firstSeenAt, sourceName } = obliged;
    const { column } = row;
    const { title, link, html, author, categories, contentHash } = version;
    const { documentNumber, issuer, column: itemColumn, attachments } = version;
    const edits = ourTextsIn(task.events as RepostEvent[]);
    const edited = row.edit?.itemId === itemId ? edits.get(row.edit.contentHash) : undefined;
    const ours = edited?.html ?? html;
    const preview = repostDocument({
      taskId,
      site,
      column,
      version: version.version,
      contentHash: edited?.contentHash ?? contentHash,
      title,
      html: ours,
      source: { name: sourceName, link: link ?? obliged.link, publication, firstSeenAt },
      postedAt: row.approvedAt ?? this.clock.now(),
    });
    return {
      row,
      cluster,
      routing: routing.events as RoutingEvent[],
      original: {
        itemId,
        sourceId,
        sourceName,
        title,
        link: link ?? obliged.link,
        author,
        categories,
        contentHash,
        documentNumber,
        issuer,
        column: itemColumn,
        attachments,
        version: version.version,
        publication,
        firstSeenAt,
      },
      presence: presenceOf(item.events as ItemEvent[]),
      originalHtml: renderOriginal({ title, sourceName, html, published: showPublication(publication) }),
      previewHtml: renderPreview(preview),
      html: ours,
      texts: {
        ours: textOf(ours),
        source: textOf(html),
        out: row.update && outOf(task.events as RepostEvent[], versions),
      },
      looks: looksOf(task.events as RepostEvent[]),
      timeline: timelineOf([...item.entries, ...routing.entries, ...task.entries]),
    };
  }

  /** The items that are the same policy as a task's, wherever they were merged into, and what belongs beside them. */
  async #cluster(site: string, clusterId: string): Promise<ClusterView> {
    const past = await this.journal.read({ aggregate: 'cluster', site: '_', id: clusterId });
    const merged = (past.events as ClusterEvent[]).findLast((event) => event.type === 'cluster.merged');
    if (merged) return this.#cluster(site, merged.into);
    const view: ClusterView = { clusterId, members: [], paired: [] };
    for (const event of past.events as ClusterEvent[]) {
      if (event.type === 'cluster.opened')
        view.members.push({ ...event.member, because: [], byName: null, joinedAt: event.openedAt });
      if (event.type === 'cluster.joined') {
        const { member, because, byName, joinedAt } = event;
        view.members.push({ ...member, because, byName, joinedAt });
      }
      if (event.type === 'cluster.split') view.members = view.members.filter(({ itemId }) => itemId !== event.itemId);
      if (event.type !== 'cluster.paired') continue;
      const { with: other, as, title, because } = event;
      const [task] = await this.tasks.ofItem(other, event.pairedAt, site);
      const shown = task ? { taskId: task.taskId, state: task.state } : null;
      view.paired.push({ clusterId: other, as, title, because, task: shown });
    }
    return view;
  }

  /** @throws Refusal linked_missing */
  async linked(site: string, linkedId: string): Promise<LinkedDetail> {
    const row = await this.models.linked.reader.get(`${site}/${linkedId}`);
    if (!row) throw new Refusal('linked_missing', `no linked release ${linkedId}`);
    const past = await this.journal.read({ aggregate: 'linked', site, id: linkedId });
    const [parts, deliveries] = await Promise.all([
      Promise.all(row.parts.map((part) => this.models.releases.reader.get(`${part.site}/${part.releaseId}`))),
      this.models.deliveries.reader.list(`linked:${site}/${linkedId}`),
    ]);
    return { row, parts: parts.filter((part) => part !== null), deliveries, timeline: timelineOf(past.entries) };
  }

  /** @throws Refusal recall_missing */
  async recall(site: string, releaseId: string, round: number): Promise<RecallDetail> {
    const row = await this.models.recalls.reader.get(`${site}/${releaseId}/${round}`);
    if (!row) throw new Refusal('recall_missing', `no correction or withdrawal ${round} of ${releaseId}`);
    const past = await this.journal.read({ aggregate: 'recall', site, id: releaseId });
    const ours = past.entries.filter(({ events }) => (events as RecallEvent[]).some((event) => event.round === round));
    return { row, timeline: timelineOf(ours) };
  }

  /** @throws Refusal rumor_missing */
  async rumor(site: string, rumorCaseId: string): Promise<RumorDetail> {
    const row = await this.models.rumors.reader.get(`${site}/${rumorCaseId}`);
    if (!row) throw new Refusal('rumor_missing', `no rumor case ${rumorCaseId}`);
    const past = await this.journal.read({ aggregate: 'rumor', site, id: rumorCaseId });
    const clues: RumorDetail['clues'] = [];
    const effects: RumorDetail['effects'] = [];
    for (const event of past.events as RumorEvent[]) {
      if (event.type === 'rumor.reported')
        clues.push({ ...clue.parse(event), byName: event.byName, at: event.reportedAt });
      if (event.type === 'rumor.clue_added')
        clues.push({ ...clue.parse(event), byName: event.byName, at: event.addedAt });
      if (event.type !== 'rumor.effect_noted') continue;
      const { spread, reach, note, byName, notedAt: at } = event;
      effects.push({ spread, reach, note, byName, at });
    }
    const [release, similar] = await Promise.all([
      row.releaseId ? this.models.releases.reader.get(`${site}/${row.releaseId}`) : null,
      this.similarRumors(row.claim),
    ]);
    const others = similar.filter((other) => other.site !== site || other.rumorCaseId !== rumorCaseId);
    return { row, clues, effects, release, similar: others, timeline: timelineOf(past.entries) };
  }

  /** What was answered before and was claimed in much the same words, the likest first; on whichever site, for it is public. */
  async similarRumors(claim: string): Promise<SimilarRumors['rows']> {
    const answered = await this.models.rumors.reader.list('answered', { reverse: true, limit: mostAnswered });
    return answered
      .map(({ rumorCaseId, site, claim: before, verdict, url, rebuttedAt }) => ({
        rumorCaseId,
        site,
        claim: before,
        verdict: verdict!,
        url: url!,
        rebuttedAt: rebuttedAt!,
        likeness: likeness(claim, before),
      }))
      .filter((each) => each.likeness >= alike)
      .sort((one, other) => other.likeness - one.likeness)
      .slice(0, 5);
  }

  /**
   * @param isOurs whether the reader works for the site that offers, and may see how its release stands
   * @throws Refusal submission_missing
   */
  async submission(siteId: string, submissionId: string, isOurs: boolean): Promise<SubmissionDetail> {
    const home = homeOf(this.settings.values.NEIGHBOURS, siteId);
    const model = home ? this.models.submissionsOf.get(home.name)! : this.models.submissions;
    const journal = home ? new Journal(this.bus, 'gateway', logOf(home.name)) : this.journal;
    const row = await model.reader.get(`${siteId}/${submissionId}`);
    const there = home?.sites.find((each) => each.siteId === siteId);
    const site = there ? { ...there, speaksFor: [], baseUrl: '' } : this.models.sites.get(siteId);
    if (!row || !site) throw new Refusal('submission_missing', `no submission ${submissionId}`);
    const { releaseId, contentHash, linked: joined } = row;
    const [past, releases, release, linked] = await Promise.all([
      journal.read({ aggregate: 'submission', site: siteId, id: submissionId }),
      journal.read({ aggregate: 'release', site: siteId, id: releaseId }),
      isOurs && !home ? this.models.releases.reader.get(`${siteId}/${releaseId}`) : null,
      joined && !home ? this.models.linked.reader.get(`${joined.site}/${joined.linkedId}`) : null,
    ]);
    const written = (releases.events as ReleaseEvent[]).findLast(
      (event) => event.type === 'release.drafted' && event.contentHash === contentHash,
    );
    if (!written) throw new Refusal('release_missing', `no release ${releaseId}`);
    const offered = draft.parse(written);
    const proposals = proposalsIn(past.events as SubmissionEvent[], offered.html);
    const last = { ...offered, html: proposals.at(-1)?.html ?? offered.html };
    const postedAt = row.slot ?? row.updatedAt;
    const document = releaseDocument({ releaseId, site, draft: last, contentHash, revision: 1, postedAt });
    const { kind, title, summary, files } = offered;
    return {
      row,
      offered: { kind, title, summary, files },
      proposals,
      previewHtml: renderPreview(document),
      release,
      linked: linked && {
        site: linked.site,
        linkedId: linked.linkedId,
        state: linked.state,
        t0: linked.t0,
        sites: linked.sites,
      },
      timeline: timelineOf(past.entries),
    };
  }

  /** @throws Refusal release_missing */
  async release(siteId: string, releaseId: string): Promise<ReleaseDetail> {
    const row = await this.models.releases.reader.get(`${siteId}/${releaseId}`);
    const site = this.models.sites.get(siteId);
    const past = await this.journal.read({ aggregate: 'release', site: siteId, id: releaseId });
    const drafts = (past.events as ReleaseEvent[]).filter((event) => event.type === 'release.drafted');
    // Of a correction that was dropped nothing is shown.
    const last = drafts.findLast(({ contentHash }) => contentHash === row?.contentHash) ?? drafts.at(-1);
    if (!row || !site || !last) throw new Refusal('release_missing', `no release ${releaseId}`);
    const { contentHash, revision } = last;
    const written = draft.parse(last);
    const postedAt = row.updatedAt;
    const lists = this.models.checklists.all().map((each) => each.checklist);
    const findings = check(checkedTexts(written, textOf), lists, siteId);
    // What the lists found stands marked in the page that is reviewed; the draft itself stays as it is.
    const html = markHtml(
      written.html,
      findings.filter(({ field }) => field === 'body'),
    );
    const shown = { ...written, html };
    const document = releaseDocument({ releaseId, site, draft: shown, contentHash, revision, postedAt });
    const submitted = (past.events as ReleaseEvent[]).findLast((event) => event.type === 'release.submitted');
    return {
      row,
      draft: written,
      previewHtml: renderPreview(document),
      comments: commentsIn(past.events as ReleaseEvent[]),
      findings,
      waived: (submitted?.type === 'release.submitted' && submitted.waived) || null,
      turn: turnOf(row, houseOf(this.models, siteId, this.clock.now())),
      timeline: timelineOf(past.entries),
    };
  }
}

function proposalsIn(past: readonly SubmissionEvent[], offered: string): SubmissionDetail['proposals'] {
  const proposals: SubmissionDetail['proposals'] = [];
  for (const event of past) {
    if (event.type !== 'submission.offered' && event.type !== 'submission.countered') continue;
    const { byName, dueAt, slot, message, html } = event;
    proposals.push({
      turn: proposals.length + 1,
      side: event.type === 'submission.offered' ? 'offering' : event.side,
      byName,
      at: event.type === 'submission.offered' ? event.offeredAt : event.counteredAt,
      dueAt,
      slot,
      message,
      html: html ?? offered,
      text: textOf(html ?? offered),
      isOffered: html === null,
    });
  }
  return proposals;
}

/** What was remarked on a release, each with its answers, the first remark first. */
export function commentsIn(events: readonly ReleaseEvent[]): ReleaseComment[] {
  const comments = new Map<string, ReleaseComment>();
  for (const event of events) {
    if (event.type === 'release.commented') {
      const { commentId, text, quote, revision, by, byName, commentedAt: at } = event;
      comments.set(commentId, { commentId, text, quote, revision, by, byName, at, resolved: false, answers: [] });
    }
    const comment = 'commentId' in event ? comments.get(event.commentId) : undefined;
    if (!comment) continue;
    if (event.type === 'release.comment_answered') {
      const { answerId, text, by, byName, answeredAt: at } = event;
      comment.answers.push({ answerId, text, by, byName, at });
    }
    if (event.type === 'release.comment_settled') comment.resolved = event.resolved;
  }
  return [...comments.values()];
}

type Approved = Extract<RepostEvent, { type: 'repost.approved' }>;
type Edited = Extract<RepostEvent, { type: 'repost.edited' }>;

/** Our own texts of a task, by their hashes. */
const ourTextsIn = (events: RepostEvent[]): Map<string, Edited> =>
  new Map(
    events
      .filter((event): event is Edited => event.type === 'repost.edited')
      .map((event) => [event.contentHash, event]),
  );

/** The words of what the public has, and of the source's version that it was made of, where that is among these. */
function outOf(events: RepostEvent[], versions: readonly ItemVersion[]): RepostDetail['texts']['out'] {
  const update = events.findLastIndex(({ type }) => type === 'repost.update_due');
  const approved = events.slice(0, update).findLast((event): event is Approved => event.type === 'repost.approved');
  const version = versions.find(
    (each) => each.version === approved?.version && each.contentHash === approved.contentHash,
  );
  if (!approved || !version) return null;
  const edited = approved.edit === undefined ? undefined : ourTextsIn(events).get(approved.edit);
  const source = textOf(version.html);
  return { version: version.version, source, ours: edited ? textOf(edited.html) : source };
}

/** Whose text an editor chose. */
const approvedIn = (events: RepostEvent[]): string | undefined =>
  events.findLast((event) => event.type === 'repost.approved')?.itemId;

const presences = { 'item.missing': 'missing', 'item.withdrawn': 'withdrawn', 'item.returned': 'present' } as const;

/** By the log itself: who decides about an item must not depend on a view that may be behind. */
export function presenceOf(events: ItemEvent[]): RepostDetail['presence'] {
  const last = events.findLast(({ type }) => type in presences);
  return last ? presences[last.type as keyof typeof presences] : 'present';
}

/** Bodies stay where they are; a timeline says what happened, not what was written. */
const untold = new Set(['type', 'contact', 'html', 'sealKey', 'checklist', 'variants', 'targets', 'evidence']);

export function timelineOf(entries: Entry[]): TimelineEntry[] {
  return entries
    .flatMap(({ position, envelope, events }) =>
      events.map((event) => ({
        position,
        at: envelope.time,
        type: event.type,
        actor: envelope.actor,
        facts: Object.fromEntries(Object.entries(event).filter(([name]) => !untold.has(name))),
      })),
    )
    .sort((a, b) => a.position - b.position);
}
