import { z } from 'zod';
import { AccessEvent } from './access.ts';
import { BalanceEvent } from './balance.ts';
import type { MeansRegistered } from './alarm-means.ts';
import { CallbackEvent } from './callback.ts';
import { CheckpointEvent } from './checkpoint.ts';
import { ClusterEvent, ClusterKeyEvent } from './cluster.ts';
import { CorrectionEvent } from './correction.ts';
import { CredentialEvent } from './credential.ts';
import { DeliveryEvent } from './delivery.ts';
import type { ChecklistRegistered } from './checks.ts';
import { AlarmEvent, type ContactRegistered, type LadderRegistered, type ShiftRegistered } from './duty.ts';
import { HandoverEvent } from './handover.ts';
import { IncidentEvent } from './incident.ts';
import { InspectionEvent } from './inspection.ts';
import { ItemEvent, ItemKnownAs } from './item.ts';
import { QuotaEvent } from './quota.ts';
import { RecallEvent } from './recall.ts';
import {
  RegistryEvent,
  type ChainRegistered,
  type ChannelRegistered,
  type OverrideRegistered,
  type PersonRegistered,
  type PolicyRegistered,
  type RuleRegistered,
  type SiteRegistered,
  type SourceRegistered,
  type TokenRegistered,
} from './registry.ts';
import { LinkedEvent } from './linked.ts';
import { LoginEvent, type SignInRegistered } from './login.ts';
import { ReleaseEvent } from './release.ts';
import type { LeaveRegistered, ReleaseChainRegistered } from './release-chain.ts';
import { ReportEvent } from './report.ts';
import { RepostEvent } from './repost.ts';
import { RoutingEvent } from './routing.ts';
import { RumorEvent } from './rumor.ts';
import { SiteCheckEvent } from './site-check.ts';
import { SourceHealthEvent } from './source-health.ts';
import { StoppageEvent } from './stoppage.ts';
import { SubmissionEvent } from './submission.ts';
import type { CalendarRegistered } from './work-calendar.ts';

/** Every event of the journal. `history/` holds a frozen sample of each that was ever written. */
export const AnyEvent = z.discriminatedUnion('type', [
  AccessEvent,
  AlarmEvent,
  BalanceEvent,
  CallbackEvent,
  CheckpointEvent,
  ClusterEvent,
  ClusterKeyEvent,
  CorrectionEvent,
  CredentialEvent,
  DeliveryEvent,
  HandoverEvent,
  IncidentEvent,
  InspectionEvent,
  ItemEvent,
  ItemKnownAs,
  LinkedEvent,
  LoginEvent,
  QuotaEvent,
  RecallEvent,
  RegistryEvent,
  ReleaseEvent,
  ReportEvent,
  RepostEvent,
  RoutingEvent,
  RumorEvent,
  SiteCheckEvent,
  SourceHealthEvent,
  StoppageEvent,
  SubmissionEvent,
]);
export type AnyEvent = z.infer<typeof AnyEvent>;

/** Which events stand under which aggregate, the second token of `ev.<aggregate>.<site>.<id>`. */
export type EventsByAggregate = {
  access: AccessEvent;
  alarm: AlarmEvent;
  alias: ItemKnownAs;
  balance: BalanceEvent;
  calendar: CalendarRegistered;
  callback: CallbackEvent;
  chain: ChainRegistered;
  checkpoint: CheckpointEvent;
  checklist: ChecklistRegistered;
  channel: ChannelRegistered;
  cluster: ClusterEvent;
  cluster_key: ClusterKeyEvent;
  contact: ContactRegistered;
  means: MeansRegistered;
  correction: CorrectionEvent;
  credential: CredentialEvent;
  delivery: DeliveryEvent;
  handover: HandoverEvent;
  incident: IncidentEvent;
  inspection: InspectionEvent;
  item: ItemEvent;
  ladder: LadderRegistered;
  leave: LeaveRegistered;
  linked: LinkedEvent;
  login: LoginEvent;
  override: OverrideRegistered;
  person: PersonRegistered;
  policy: PolicyRegistered;
  poll: SourceHealthEvent;
  quota: QuotaEvent;
  recall: RecallEvent;
  release: ReleaseEvent;
  release_chain: ReleaseChainRegistered;
  report: ReportEvent;
  repost: RepostEvent;
  routing: RoutingEvent;
  rule: RuleRegistered;
  rumor: RumorEvent;
  shift: ShiftRegistered;
  sign_in: SignInRegistered;
  site: SiteRegistered;
  site_check: SiteCheckEvent;
  source: SourceRegistered;
  stoppage: StoppageEvent;
  submission: SubmissionEvent;
  token: TokenRegistered;
};
export type AggregateName = keyof EventsByAggregate;

/** Events and their shapes only grow. A changed meaning is a new type; this number is for the day that even that fails. */
export const eventVersion = 1;
