import { z } from 'zod';

/** The closed list of reasons to say no, with the HTTP answer that fits each. */
export const refusalCodes = {
  // the door
  command_invalid: 422,
  sign_in_required: 401,
  sign_in_failed: 401,
  sign_in_locked: 429,
  session_expired: 401,
  second_factor_required: 401,
  proof_required: 403,
  account_unready: 403,
  role_missing: 403,
  site_forbidden: 403,
  auditor_reads_only: 403,
  origin_refused: 403,
  not_found: 404,
  no_answer: 503,
  stale_view: 503,
  log_full: 507,
  // logins
  login_code_wrong: 422,
  login_enrolment_old: 409,
  login_not_yours: 403,
  login_factor_known: 409,
  login_factor_missing: 404,
  login_too_many_factors: 422,
  login_no_factor: 409,
  login_same_person: 403,
  login_reset_missing: 404,
  login_reset_asked: 409,
  login_no_passkeys: 422,
  directory_missing: 404,
  directory_down: 503,
  directory_refused: 401,
  directory_state_wrong: 409,
  directory_code_spent: 401,
  directory_clock_apart: 401,
  directory_answer_wrong: 401,
  directory_person_unknown: 403,
  directory_person_other: 403,
  login_link_taken: 409,
  login_link_missing: 409,
  password_elsewhere: 409,
  password_too_short: 422,
  password_too_long: 422,
  password_common: 422,
  password_same: 422,
  password_not_yours: 403,
  person_exists: 409,
  person_own: 403,
  roles_apart: 422,
  // registry
  registration_missing: 404,
  // routing and clusters
  routing_missing: 404,
  routing_closed: 409,
  routing_no_site: 422,
  cluster_missing: 404,
  cluster_alone: 409,
  cluster_merged: 409,
  // reposts
  repost_missing: 404,
  repost_already_approved: 409,
  repost_already_closed: 409,
  repost_merged: 409,
  repost_going_out: 409,
  repost_changed: 409,
  repost_not_approved: 409,
  repost_not_published: 409,
  repost_source_withdrawn: 409,
  repost_retract_not_due: 409,
  repost_retract_decided: 409,
  repost_not_removed: 409,
  repost_edited: 409,
  repost_edit_old: 409,
  repost_unfaithful: 422,
  review_not_begun: 409,
  review_other_text: 409,
  review_same_person: 403,
  exemption_missing: 409,
  exemption_pending: 409,
  exemption_own: 403,
  // releases
  release_missing: 404,
  release_exists: 409,
  release_changed: 409,
  release_wrong_step: 409,
  release_same_person: 403,
  release_no_channel: 422,
  release_not_drafter: 403,
  release_file_missing: 422,
  release_picture_unnamed: 422,
  // files
  file_not_picture: 422,
  file_not_recording: 422,
  file_type_refused: 422,
  file_too_large: 413,
  file_empty: 422,
  picture_unreadable: 422,
  picture_too_many_pixels: 422,
  archive_unreadable: 422,
  archive_unmeasured: 422,
  archive_encrypted: 422,
  archive_paths: 422,
  archive_nested: 422,
  archive_too_many_files: 422,
  archive_too_large: 422,
  archive_too_dense: 422,
  release_not_yours: 403,
  release_nobody: 409,
  release_not_urgent: 422,
  release_findings: 422,
  release_no_debt: 409,
  comment_missing: 404,
  // linked releases
  linked_missing: 404,
  linked_changed: 409,
  linked_past: 422,
  linked_early: 409,
  linked_committed: 409,
  linked_cancelled: 409,
  linked_same_person: 403,
  linked_not_part: 409,
  linked_unsigned: 409,
  release_no_interpretation: 409,
  // reports
  report_missing: 404,
  report_locked: 409,
  report_period_running: 409,
  report_incomplete: 422,
  report_changed: 409,
  report_same_person: 403,
  report_not_submitted: 409,
  report_field_unknown: 422,
  report_reason_missing: 422,
  report_no_printer: 503,
  // rumor cases
  rumor_missing: 404,
  rumor_not_assessed: 409,
  rumor_not_false: 422,
  rumor_rebutted: 409,
  rumor_owed: 409,
  rumor_closed: 409,
  // submissions
  submission_missing: 404,
  submission_wrong_side: 403,
  submission_own: 403,
  submission_closed: 409,
  submission_changed: 409,
  submission_slot_past: 409,
  // neighbours
  neighbour_unreachable: 503,
  // deliveries
  delivery_missing: 404,
  delivery_closed: 409,
  delivery_not_due: 409,
  delivery_not_unknown: 409,
  delivery_attempt_mismatch: 409,
  delivery_begun: 409,
  delivery_not_assigned: 409,
  delivery_not_failed: 409,
  delivery_halted: 409,
  // evidence
  checkpoint_no_key: 409,
  retention_not_over: 409,
  // corrections and recalls
  release_no_note: 422,
  release_not_public: 409,
  release_withdrawn: 409,
  recall_missing: 404,
  recall_open: 409,
  recall_same_person: 403,
  recall_settled: 409,
  delivery_not_askable: 409,
  // netizens' corrections
  correction_missing: 404,
  correction_answered: 409,
  correction_not_accepted: 409,
  correction_spam: 409,
  correction_same: 422,
  // credentials and quotas
  credential_missing: 404,
  credential_refused: 409,
  channel_not_askable: 409,
  quota_exhausted: 409,
  secret_missing: 422,
  secrets_no_key: 503,
  // alarms
  alarm_missing: 404,
  alarm_closed: 409,
  alarm_taken: 409,
  alarm_not_due: 409,
  ladder_missing: 422,
  // handovers
  handover_not_yours: 403,
  handover_own: 403,
  handover_not_given: 409,
  handover_accepted: 409,
  // incidents
  incident_missing: 404,
  incident_closed: 409,
  incident_future: 422,
  incident_entry_missing: 404,
  incident_referral_missing: 404,
  incident_unreported: 409,
  // inspections
  inspection_missing: 404,
  inspection_opened: 409,
  inspection_share_low: 422,
  inspection_no_site: 422,
  inspection_not_opened: 409,
  inspection_drawn: 409,
  inspection_not_drawn: 409,
  inspection_exhausted: 409,
  inspection_not_inspected: 404,
  inspection_listed: 409,
  inspection_not_judged: 409,
  inspection_not_looked: 409,
  inspection_concluded: 409,
  inspection_not_concluded: 409,
  inspection_nothing_wrong: 409,
  inspection_unfinished: 409,
  site_check_missing: 404,
  // dead letters
  dead_letter_missing: 404,
} as const;

export type RefusalCode = keyof typeof refusalCodes;
export const refusalCode = z.enum(Object.keys(refusalCodes) as [RefusalCode, ...RefusalCode[]]);

/** What a refusal looks like on the bus and, with a status, over HTTP. */
export const refusalBody = z.object({
  code: refusalCode,
  message: z.string(),
  /** Facts for the person, e.g. who approved first and when; the console words them in its language. */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type RefusalBody = z.infer<typeof refusalBody>;

/** A rule said no. It is an answer for a person, not a failure, and is never tried again. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly params: RefusalBody['params'];

  constructor(code: RefusalCode, message: string, params: RefusalBody['params'] = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.params = params;
  }

  toBody(): RefusalBody {
    return { code: this.code, message: this.message, params: this.params };
  }
}
