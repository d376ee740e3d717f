import { outsideSite, Refusal, signingRole, type Role } from '@tongsheng/contracts';
import { mustNotBeAuditor } from './reach.ts';
import type { Caller } from './sessions.ts';

/** Who reads releases before they are public: those who write, sign or watch over them. */
export const releaseReaders: readonly Role[] = [
  'comms',
  'reviewer',
  'confidentiality',
  'signer',
  'manager',
  'duty',
  'admin',
];

/** Whoever works for a site may see a rumor and add what they know. */
export const rumorReaders: readonly Role[] = [
  'comms',
  'editor',
  'reviewer',
  'confidentiality',
  'signer',
  'duty',
  'manager',
  'admin',
];

/** Whoever may have seen something, or must do something about it. */
export const incidentReaders: readonly Role[] = ['duty', 'editor', 'comms', 'manager', 'admin'];
/** Whoever mends pages or writes texts of a site answers its netizens; who watches over it may look. */
const correctionWorkers: readonly Role[] = ['editor', 'comms'];
export const correctionReaders: readonly Role[] = [...correctionWorkers, 'signer', 'duty', 'manager', 'admin'];

/** Which roles may say which command. What is not here, nobody may say through this door. */
export const whoMay: Record<string, readonly Role[]> = {
  // Whose turn it is, the review chain says.
  'repost.approve': signingRole.options,
  'repost.return': signingRole.options,
  'repost.edit': ['editor'],
  'repost.drop_edit': ['editor'],
  'repost.claim': ['editor'],
  'repost.release_claim': ['editor'],
  'repost.undo_approval': signingRole.options,
  'repost.retry_publication': ['editor', 'admin'],
  'repost.retract': ['editor'],
  'repost.request_exemption': ['editor'],
  'repost.exempt': ['editor', 'manager'],
  'repost.refuse_exemption': ['editor', 'manager'],
  'routing.assign': ['editor'],
  'cluster.split': ['editor'],
  'cluster.merge': ['editor'],
  'release.draft': ['comms'],
  'release.submit': ['comms'],
  'release.drop_correction': ['comms'],
  'recall.propose': ['comms', 'signer'],
  'recall.drop': ['comms', 'signer'],
  'recall.approve': ['signer'],
  'recall.kill': ['signer'],
  'recall.countersign': ['signer', 'manager'],
  'recall.report': ['comms', 'duty'],
  // Whose step it is, or who stands in for them, the chain says.
  'release.pass_step': releaseReaders,
  'release.return': releaseReaders,
  'release.pass_debt': releaseReaders,
  'release.object_debt': releaseReaders,
  'release.comment': releaseReaders,
  'release.answer_comment': releaseReaders,
  'release.settle_comment': releaseReaders,
  'linked.plan': ['comms'],
  'linked.record_rehearsal': ['comms', 'signer', 'duty', 'manager'],
  'linked.tell_press': ['comms', 'signer'],
  'linked.pull_part': ['comms', 'signer'],
  'linked.waive': ['signer', 'manager'],
  'linked.cancel': ['comms', 'signer', 'duty'],
  'submission.offer': ['comms'],
  'submission.acknowledge': ['comms'],
  'submission.counter': ['comms'],
  'submission.agree': ['comms', 'signer'],
  'submission.decline': ['comms', 'signer'],
  'submission.withdraw': ['comms'],
  'submission.tell_again': ['comms'],
  'submission.claim_adopted': ['comms'],
  'report.open': ['manager', 'comms'],
  'report.compute': ['manager', 'comms'],
  'report.fill': ['manager', 'comms'],
  'report.submit': ['manager', 'comms'],
  'report.return': ['manager', 'signer'],
  'report.approve': ['manager', 'signer'],
  'report.amend': ['manager', 'signer'],
  'rumor.report': ['comms', 'editor', 'duty'],
  'rumor.add_clue': ['comms', 'editor', 'duty'],
  'rumor.assess': ['comms'],
  'rumor.begin_rebuttal': ['comms'],
  'rumor.note_effect': ['comms'],
  'rumor.close': ['comms'],
  'inspection.open': ['manager'],
  'inspection.draw': ['manager'],
  'inspection.enlarge': ['manager'],
  'inspection.replace': ['manager'],
  'inspection.include': ['manager'],
  'inspection.judge': ['manager'],
  'inspection.conclude': ['manager'],
  'inspection.notice': ['manager'],
  'inspection.interview': ['manager'],
  'inspection.recheck': ['manager'],
  'inspection.publish': ['manager'],
  'site_check.begin': ['manager'],
  'correction.accept': correctionWorkers,
  'correction.fold': correctionWorkers,
  'correction.forward': correctionWorkers,
  'correction.link': correctionWorkers,
  'correction.answer': correctionWorkers,
  'correction.mark_spam': correctionWorkers,
  'correction.lift_spam': correctionWorkers,
  'delivery.resolve': ['comms'],
  'delivery.report': ['comms'],
  'delivery.redrive': ['comms'],
  'delivery.check': ['comms', 'duty'],
  'credential.mend': ['comms', 'admin'],
  'credential.reset_breaker': ['comms', 'duty', 'admin'],
  'site.register': ['admin'],
  'source.register': ['admin'],
  'policy.register': ['admin'],
  'override.register': ['admin'],
  'rule.register': ['admin'],
  'chain.register': ['admin'],
  'channel.register': ['admin'],
  'calendar.register': ['admin'],
  'shift.register': ['duty', 'manager', 'admin'],
  'ladder.register': ['manager', 'admin'],
  'release_chain.register': ['manager', 'admin'],
  'checklist.register': ['confidentiality', 'manager', 'admin'],
  'leave.register': releaseReaders,
  'contact.register': ['duty', 'editor', 'manager', 'admin'],
  'drill.begin': ['duty', 'manager', 'admin'],
  'drill.end': ['duty', 'manager', 'admin'],
  'handover.give': ['duty', 'editor', 'manager', 'admin'],
  'handover.accept': ['duty', 'editor', 'manager', 'admin'],
  'incident.open': incidentReaders,
  'incident.note': incidentReaders,
  'incident.grade': ['duty', 'manager', 'admin'],
  'incident.report': ['duty', 'manager', 'admin'],
  'incident.refer': ['duty', 'manager', 'admin'],
  'incident.record_answer': ['duty', 'manager', 'admin'],
  'incident.close': ['duty', 'manager', 'admin'],
  'incident.reopen': ['duty', 'manager', 'admin'],
  'alarm.acknowledge': ['duty', 'editor', 'manager', 'admin'],
};

/** Who reads tasks: whoever may sign them, and whoever watches over them. */
export const taskReaders: readonly Role[] = [...signingRole.options, 'duty', 'admin'];

/** @throws Refusal role_missing */
export function mustHaveRole(caller: Caller, roles: readonly Role[]): void {
  if (roles.some((role) => caller.roles.includes(role))) return;
  throw new Refusal('role_missing', `needs one of: ${roles.join(', ')}`, { roles: roles.join(',') });
}

/** @throws Refusal site_forbidden */
export function mustServeSite(caller: Caller, site: string): void {
  if (servesSite(caller, site)) return;
  throw new Refusal('site_forbidden', `${caller.personId} does not work for ${site}`, { site });
}

export const servesSite = (caller: Pick<Caller, 'sites'>, site: string) =>
  caller.sites.includes('*') || caller.sites.includes(site);

/** What people send as a name may be the name of something that every object has, such as `constructor`. */
export const own = <T>(table: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

type Asked = {
  type: string;
  site?: unknown;
  sites?: unknown;
  /** Whom the speaker stands for, where two sites speak to each other. */
  actingSite?: unknown;
  shift?: unknown;
  ladder?: unknown;
  releaseChain?: unknown;
  leave?: unknown;
  checklist?: unknown;
};

/** @throws Refusal auditor_reads_only, role_missing or site_forbidden: deny by default. */
export function mustBeAllowed(caller: Caller, command: Asked): void {
  mustNotBeAuditor(caller, command.type);
  mustHaveRole(caller, own(whoMay, command.type) ?? []);
  // In a negotiation `site` is the one that offered; who answers speaks for another.
  const speaks = command.type.startsWith('submission.') ? { site: command.actingSite } : command;
  if (speaks.site === outsideSite) throw new Refusal('site_forbidden', 'an office outside speaks by its link alone');
  const { shift, ladder, releaseChain, leave, checklist } = command;
  const named = [speaks, shift, ladder, releaseChain, leave, checklist].filter(isObject).map(({ site }) => site);
  const { sites } = command;
  for (const site of [...named, ...(Array.isArray(sites) ? (sites as unknown[]) : [])])
    if (typeof site === 'string') mustServeSite(caller, site);
}

/** What is for all sites (`*`) is for those who work for all of them. */
const isObject = (value: unknown): value is { site?: unknown } => typeof value === 'object' && value !== null;
