import type { BusClient } from '@tongsheng/bus';
import {
  AlarmCommand,
  ClusterCommand,
  CorrectionCommand,
  CredentialCommand,
  DeliveryCommand,
  draft,
  DrillCommand,
  HandoverCommand,
  homeOf,
  IncidentCommand,
  pathsFor,
  InspectionCommand,
  LinkedCommand,
  RecallCommand,
  receipt,
  Refusal,
  RegistryCommand,
  ReleaseCommand,
  ReportCommand,
  RepostCommand,
  RoutingCommand,
  RumorCommand,
  source,
  standstillOf,
  SiteCheckCommand,
  SubmissionCommand,
  withTexts,
} from '@tongsheng/contracts';
import { draftHash } from '@tongsheng/pages';
import type { Clock, Ids } from '@tongsheng/runtime';
import { cleanOwnHtml } from '@tongsheng/web';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { authorityOf, houseOf, involvedIn } from '../house.ts';
import { mustBeAllowed, own } from '../permissions.ts';
import type { Caller } from '../sessions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Settings } from '../settings.ts';
import { prepareDuty } from './duty.ts';
import { openThings } from './duty-book.ts';
import { prepareLeave } from './reviews.ts';
import { withSecrets } from './sources.ts';

export type CommandTools = { models: Models; client: BusClient; clock: Clock; ids: Ids; settings: Settings };

/** Which service keeps an aggregate; registrations of all kinds have one door. */
const schemas: Record<string, { service: string; schema: z.ZodType<{ type: string; id: string }> }> = {
  repost: { service: 'repost', schema: RepostCommand },
  routing: { service: 'routing', schema: RoutingCommand },
  cluster: { service: 'cluster', schema: ClusterCommand },
  release: { service: 'release', schema: ReleaseCommand },
  recall: { service: 'recall', schema: RecallCommand },
  linked: { service: 'linked', schema: LinkedCommand },
  report: { service: 'report', schema: ReportCommand },
  rumor: { service: 'rumor', schema: RumorCommand },
  inspection: { service: 'inspection', schema: InspectionCommand },
  site_check: { service: 'site_check', schema: SiteCheckCommand },
  correction: { service: 'correction', schema: CorrectionCommand },
  submission: { service: 'submission', schema: SubmissionCommand },
  delivery: { service: 'delivery', schema: DeliveryCommand },
  credential: { service: 'credential', schema: CredentialCommand },
  alarm: { service: 'alarm', schema: AlarmCommand },
  drill: { service: 'drill', schema: DrillCommand },
  handover: { service: 'handover', schema: HandoverCommand },
  incident: { service: 'incident', schema: IncidentCommand },
  ...Object.fromEntries(
    [
      'site',
      'source',
      'policy',
      'override',
      'rule',
      'chain',
      'channel',
      'shift',
      'ladder',
      'contact',
      'means',
      'release_chain',
      'leave',
      'checklist',
      'calendar',
    ].map((kind) => [kind, { service: 'registry', schema: RegistryCommand }]),
  ),
};

/** Longer than a neighbour may take, and than its answer needs to be seen here. */
const neighbourMs = 30_000;
/** How long a decision may take that reads much of the log before it is made. */
const patienceMs: Partial<Record<string, number>> = { 'report.compute': 600_000 };

/** The API's own door for decisions: a command without its head, which is filled in from who asks, now. */
export function commandRoute({ models, client, clock, ids, settings }: CommandTools): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/commands',
    says: 'Carries out a command once, however often it is sent under the same idempotency key.',
    may: 'signed-in',
    body: z.looseObject({ type: z.string().max(64) }),
    answer: receipt,
    status: 202,
    async handle({ body, caller, http }) {
      http.commandType = body.type;
      mustBeAllowed(caller, body);
      const target = own(schemas, body.type.split('.')[0]!);
      if (!target) throw new Refusal('command_invalid', `there is no command ${body.type}`);
      const key = z.string().min(8).max(100).safeParse(http.headers['idempotency-key']);
      const filled = {
        ...(await prepared(body, models, caller, clock.now())),
        id: `${caller.personId}/${key.success ? key.data : ids.next()}`,
        at: clock.now(),
        actor: { kind: 'person' as const, id: caller.personId, name: caller.name },
        correlationId: http.id,
        traceparent: ids.traceparent(),
      };
      const command = target.schema.parse(filled);
      // What a neighbour offers stands in its log, where it is decided.
      const home =
        target.service === 'submission' ? homeOf(settings.values.NEIGHBOURS, String(body['site'])) : undefined;
      mustNotSpeakFor(settings, body);
      if (home) return receipt.parse(await client.ask('neighbour', { neighbour: home.name, command }, neighbourMs));
      return client.command(target.service, command as Parameters<BusClient['command']>[1], patienceMs[body.type]);
    },
  });
}

/** What is at home at a neighbour speaks from there. @throws Refusal submission_wrong_side */
function mustNotSpeakFor(settings: Settings, { actingSite }: Body): void {
  const home = homeOf(settings.values.NEIGHBOURS, String(actingSite));
  if (home) throw new Refusal('submission_wrong_side', `${String(actingSite)} is at home at ${home.name}`);
}

type Body = { type: string; [field: string]: unknown };

/**
 * A draft is cleaned before it becomes a command, and its hash is made here, so that no one can sign what differs. A
 * source and a contact keep the secrets that the console was never shown.
 */
async function prepared(body: Body, models: Models, caller: Caller, at: string): Promise<Record<string, unknown>> {
  if (body.type === 'shift.register' || body.type === 'contact.register') return prepareDuty(body, models, caller);
  if (body.type === 'handover.give') return { ...body, ...(await openThings(models, caller)) };
  if (body.type === 'source.register') {
    const given = source.parse(body['source']);
    return { ...body, source: withSecrets(given, models.registeredSources.get(given.sourceId)) };
  }
  // Nobody says of themselves what they may sign as.
  if (body.type === 'repost.approve' || body.type === 'repost.return') return { ...body, roles: caller.roles };
  if (body.type === 'leave.register') return prepareLeave(body, caller);
  if (body.type === 'release.submit') await mustHaveSigners(body, models, caller, at);
  if (signs.has(body.type)) return { ...body, ...authorityOf(caller, houseOf(models, String(body['site']), at)) };
  if (body.type !== 'release.draft') return body;
  const clean = withTexts(draft.parse(body['draft']), cleanOwnHtml);
  return { ...body, draft: clean, contentHash: draftHash(clean) };
}

/** Steps of a review chain: who takes one says as whom. */
const signs: ReadonlySet<string> = new Set([
  'release.pass_step',
  'release.return',
  'release.pass_debt',
  'release.object_debt',
]);

/**
 * A chain in which a step has nobody would come to a stand: its drafter learns it before, not its readers after. Who is
 * only away comes back. @throws Refusal release_nobody
 */
async function mustHaveSigners(body: Body, models: Models, caller: Caller, at: string): Promise<void> {
  const [site, releaseId] = [String(body['site']), String(body['releaseId'])];
  const row = await models.releases.reader.get(`${site}/${releaseId}`);
  if (!row) return;
  const { acts, urgent } = pathsFor(models.releaseChains.all(), site, row.kind);
  const path = body['urgent'] === undefined ? acts : (urgent ?? acts);
  const without = [...involvedIn({ ...row, signatures: [], debt: null }), caller.personId];
  const still = standstillOf(path, houseOf(models, site, at), without);
  if (still === null || still.why === 'away') return;
  throw new Refusal('release_nobody', `nobody can take ${still.step} of ${releaseId}`, still);
}
