import { NoAnswer, type BusClient } from '@tongsheng/bus';
import {
  detector,
  detectorsOf,
  EvidenceView,
  hash,
  instant,
  Refusal,
  SourceDetail,
  SourcePreview,
  SourcePreviewQuery,
  SourceReadNow,
  SourceRow,
  SourceStatus,
  token,
  type Detector,
  type Source,
  type SourceSettings,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Models } from '../models.ts';
import type { Named, Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Settings } from '../settings.ts';
import { fileAnswer, sendBody } from './downloads.ts';

export type SourceTools = { models: Models; client: BusClient; proofs: Proofs; clock: Clock; settings: Settings };

const ofSource = z.object({ sourceId: token });
const ofEvidence = z.object({ sourceId: token, snapshot: hash });

const candidate = SourcePreview.shape.candidates.element.shape;
/** Nothing that is found out about an address has a secret. */
const Preview = z.object({
  ...SourcePreview.shape,
  candidates: z.array(z.object({ ...candidate, detector: detector.omit({ secret: true }) })),
});

/** Longer than the slowest site may take; the reader's own limits are shorter. */
const patienceMs = 60_000;
/** A page is not held up for a reader that is away. */
const statusPatienceMs = 3_000;

/** Sources: how they are, what was received, and how an address could be read. */
export function sourceRoutes({ models, client, proofs, clock, settings }: SourceTools): Route[] {
  const status = async (sourceId: string): Promise<SourceStatus | null> => {
    try {
      return SourceStatus.parse(await client.ask('source.status', { sourceId }, statusPatienceMs));
    } catch (error) {
      // The page is about a source that may be in trouble: what is known of it is shown all the same.
      if (error instanceof NoAnswer || error instanceof Refusal) return null;
      throw error;
    }
  };
  /** What is known to have been received from a source. */
  const evidence = async (sourceId: string, snapshot: string): Promise<Named> => {
    const row = await models.sources.reader.get(sourceId);
    const { received = [], troubles = [], rejected = [] } = row ?? {};
    for (const found of [...received, ...[...troubles, ...rejected].map((each) => each.evidence)])
      if (found?.snapshot === snapshot) return found;
    for (const { url, looks } of (await status(sourceId))?.detectors ?? [])
      for (const look of looks)
        if (look.snapshot === snapshot) return { url, seenAt: look.at, snapshot, bodyHash: null };
    throw new Refusal('not_found', `source ${sourceId} names no evidence ${snapshot}`);
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/sources',
      says: 'Sources with what they brought and what is wrong with them.',
      may: 'signed-in',
      answer: z.object({
        rows: z.array(SourceRow),
        /** Where a source that speaks up by itself does so, followed by its id. */
        hooksUrl: z.url(),
        position: z.int(),
        serverTime: instant,
      }),
      async handle() {
        const { reader } = models.sources;
        const [rows, position] = await Promise.all([reader.list('all'), reader.position()]);
        const hooksUrl = new URL('hooks/', `${settings.values.INGEST_URL.replace(/\/$/, '')}/`).href;
        return { rows, hooksUrl, position, serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/sources/:sourceId',
      says: 'One source: its registration without secrets, its health, and the last looks at it.',
      may: 'signed-in',
      params: ofSource,
      query: z.object({ atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: SourceDetail,
      async handle({ params: { sourceId }, query: { atLeast } }) {
        await Promise.all([models.sources.runner.reach(atLeast), atLeast > 0 && models.registeredSources.fresh()]);
        const source = models.registeredSources.get(sourceId);
        const [row, known] = await Promise.all([models.sources.reader.get(sourceId), status(sourceId)]);
        if (!source || !row) throw new Refusal('not_found', `no source ${sourceId}`);
        return { row, source: settingsOf(source), status: known };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/sources/:sourceId/evidence/:snapshot',
      says: 'What the source answered, hashed again.',
      may: 'signed-in',
      params: ofEvidence,
      answer: EvidenceView,
      handle: async ({ params: { sourceId, snapshot } }) => proofs.view(await evidence(sourceId, snapshot)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/sources/:sourceId/evidence/:snapshot/body',
      says: 'The body of that answer, byte for byte.',
      may: 'signed-in',
      params: ofEvidence,
      ...fileAnswer,
      async handle({ params: { sourceId, snapshot }, reply }) {
        const named = await evidence(sourceId, snapshot);
        return sendBody(proofs, named, reply);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/sources/:sourceId/read-now',
      says: 'Has the source looked at now; answers what the looks found.',
      may: ['admin', 'editor', 'duty'],
      params: ofSource,
      answer: SourceReadNow,
      handle: async ({ params: { sourceId } }) =>
        SourceReadNow.parse(await client.ask('source.read_now', { sourceId }, patienceMs)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/source-preview',
      says: 'Finds out how an address can be read and what it would bring; nothing is kept.',
      may: ['admin'],
      body: SourcePreviewQuery,
      answer: Preview,
      handle: async ({ body }) => Preview.parse(await client.ask('source.preview', body, patienceMs)),
    }),
  ];
}

/** @returns what people may see of a registration. */
export function settingsOf({ also, ...main }: Source): SourceSettings {
  return { ...withoutSecret(main), also: also.map(withoutSecret) };
}

function withoutSecret<T extends Detector>({ secret, ...shown }: T): Omit<T, 'secret'> & { hasSecret: boolean } {
  return { ...shown, hasSecret: secret !== undefined };
}

/** A registration that comes back without the secrets that nobody was shown keeps those that are set. */
export function withSecrets(given: Source, known: Source | undefined): Source {
  const set = known ? detectorsOf(known).flatMap(({ url, secret }) => (secret ? [{ url, secret }] : [])) : [];
  const fill = <T extends Detector>(each: T): T => {
    if (each.kind !== 'webhook' || each.secret) return each;
    const found = set.find(({ url }) => url === each.url) ?? (set.length === 1 ? set[0] : undefined);
    return found ? { ...each, secret: found.secret } : each;
  };
  return { ...fill(given), also: given.also.map(fill) };
}
