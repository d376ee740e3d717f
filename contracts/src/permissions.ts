import type { SigningRole } from './chain.ts';
import type { Role } from './words.ts';

// Who may see and say what: the gateway refuses by it, and the console shows by it. Lists and no schemas: the first screen
// has them.

/** `signingRole`, as a list: who may take an act of a repost's review chain. */
export const signers: readonly SigningRole[] = ['editor', 'reviewer', 'confidentiality', 'signer', 'manager'];

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
  'repost.approve': signers,
  'repost.return': signers,
  'repost.edit': ['editor'],
  'repost.drop_edit': ['editor'],
  'repost.claim': ['editor'],
  'repost.release_claim': ['editor'],
  'repost.undo_approval': signers,
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
  'means.register': ['admin'],
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
export const taskReaders: readonly Role[] = [...signers, 'duty', 'admin'];

/** Who follows what is pushed to channels. */
export const deliveryReaders: readonly Role[] = ['comms', 'signer', 'manager', 'duty', 'admin'];

/** Who sees yearly tables before they are public. */
export const reportReaders: readonly Role[] = ['manager', 'signer', 'comms', 'editor', 'duty', 'admin'];

/** Who reads the figures. */
export const complianceReaders: readonly Role[] = ['manager', 'admin', 'duty', 'editor'];

/** Who follows the sampling of websites. */
export const inspectionReaders: readonly Role[] = ['manager', 'duty', 'admin'];

/** Who has to do with being on duty. */
export const dutyReaders: readonly Role[] = ['duty', 'editor', 'manager', 'admin'];

/** Who reads what happened at the door; an auditor reads it as everything else. */
export const auditReaders: readonly Role[] = ['manager'];

/** Who sees accounts: who opens them, and who says what they may do. */
export const peopleReaders: readonly Role[] = ['admin', 'security'];
