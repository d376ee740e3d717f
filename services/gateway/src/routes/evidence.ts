import { Readable } from 'node:stream';
import type { Bus } from '@tongsheng/bus';
import { instant, Refusal, token, type Role } from '@tongsheng/contracts';
import { nameOf, NoPack, packEvidence, type Subject } from '@tongsheng/evidence';
import type { Clock } from '@tongsheng/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { mustServeSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';

/** Who answers for it to others. */
const may: readonly Role[] = ['manager', 'admin'];
const packAnswer = {
  answer: z.custom<Readable>((value) => value instanceof Readable),
  mediaType: 'application/gzip',
};

/** Evidence packs: what somebody else can check without Tongsheng. */
export function evidenceRoutes({ bus, clock }: { bus: Bus; clock: Clock }): Route[] {
  const send = async (about: Subject, reply: FastifyReply): Promise<Readable> => {
    const pack = await packEvidence(bus, about, clock.now()).catch((error: unknown) => {
      throw error instanceof NoPack ? new Refusal('not_found', error.message) : error;
    });
    reply.headers({
      'content-type': 'application/gzip',
      'content-disposition': `attachment; filename="${nameOf(about)}.tar.gz"`,
    });
    return pack;
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/reposts/:taskId/evidence.tar.gz',
      says: 'The evidence pack of a task: its records, what was seen upstream, and how a third party checks them.',
      may,
      params: z.object({ taskId: token }),
      query: z.object({ site: token }),
      ...packAnswer,
      async handle({ params: { taskId }, query: { site }, caller, reply }) {
        mustServeSite(caller, site);
        return send({ kind: 'task', site, taskId }, reply);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/evidence.tar.gz',
      says: 'The evidence pack of a time, of one site or of all. A long one takes its time; it comes as it is made.',
      may,
      query: z.object({ site: token.optional(), from: instant, to: instant }),
      ...packAnswer,
      async handle({ query: { site, from, to }, caller, reply }) {
        mustServeSite(caller, site ?? '*');
        return send(site === undefined ? { kind: 'period', from, to } : { kind: 'site', site, from, to }, reply);
      },
    }),
  ];
}
