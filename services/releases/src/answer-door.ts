import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import {
  outsideSite,
  Refusal,
  refusalCodes,
  submissionId as submissionIds,
  type ReleaseEvent,
  type SubmissionCommand,
  type SubmissionEvent,
} from '@tongsheng/contracts';
import { styleSource } from '@tongsheng/pages';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import { AnswerLinks, type Answering } from './answer-links.ts';
import { fromField, paragraphsOf, renderAnswers, renderNothing } from './answer-page.ts';
import { Negotiating } from './negotiating.ts';
import { negotiationOf, type Negotiation } from './negotiation.ts';
import { Sites } from './sites.ts';

/** Where the door is; without a port there is none. */
export class DoorAddress {
  constructor(
    readonly host: string,
    readonly port: number | null,
  ) {}
}

const name = z.string().trim().min(1).max(50);
const Answer = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('acknowledge'), name }),
  z.object({ answer: z.literal('agree'), name }),
  z.object({
    answer: z.literal('counter'),
    name,
    slot: z.string().max(40),
    text: z.string().max(200_000),
    message: z.string().max(2_000).default(''),
  }),
  z.object({ answer: z.literal('decline'), name, reason: z.string().trim().min(1).max(300) }),
  z.object({ answer: z.literal('adopted'), name, url: z.url({ protocol: /^https?$/ }).max(2_000) }),
]);
type Answer = z.infer<typeof Answer>;

/** A long text, in a form's encoding. */
const bodyLimit = 2 * 2 ** 20;
const style = styleSource(renderNothing(''));

/**
 * Where an office outside answers: `/answers/<link>`. Looking changes nothing, so that programs which open every link of a
 * mail answer nothing; only the form does. What was answered once is answered again with what stands.
 */
@Injectable()
export class AnswerDoor implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #server: FastifyInstance = Fastify({
    bodyLimit,
    requestTimeout: 20_000,
    connectionTimeout: 20_000,
    maxParamLength: 1_000,
  });

  constructor(
    private readonly journal: Journal,
    private readonly negotiating: Negotiating,
    private readonly links: AnswerLinks,
    private readonly sites: Sites,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly address: DoorAddress,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.address;
    if (port === null) return this.log.info('door.none', { reason: 'no RELEASES_PORT' });
    this.#server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    this.#server.get<Link>('/answers/:link', (request, reply) => this.#show(request.params.link, reply));
    this.#server.post<Link>('/answers/:link', (request, reply) => this.#hear(request.params.link, request.body, reply));
    this.#server.setErrorHandler((error, _request, reply) => {
      this.log.error('answers.failed', { reason: String(error) });
      return send(reply, 500, renderNothing('系统暂时不能受理，请稍后再试。'));
    });
    await this.#server.listen({ host, port });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#server.close();
  }

  async #show(link: string, reply: FastifyReply, notice: string | null = null, status = 200): Promise<FastifyReply> {
    const read = this.links.read(link);
    if (read === null) return send(reply, 404, renderNothing('链接不完整或不正确，请从邮件里重新打开。'));
    if (read === 'expired') return send(reply, 410, renderNothing('链接已过期，请联系报送单位重新发送。'));
    const found = await this.#negotiation(read);
    if (!found) return send(reply, 404, renderNothing('没有这条报送。'));
    const { negotiation, isOut } = found;
    const { state } = negotiation;
    const isCurrent = 'turn' in state && state.turn === read.turn;
    const siteName = this.sites.get(read.site).name;
    return send(reply, status, renderAnswers({ siteName, negotiation, isCurrent, isOut, notice }));
  }

  async #hear(link: string, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
    const read = this.links.read(link);
    const found = read === null || read === 'expired' ? null : await this.#negotiation(read);
    if (read === null || read === 'expired' || !found) return this.#show(link, reply);
    const answer = Answer.safeParse(body);
    if (!answer.success) return this.#show(link, reply, '没有受理：请填写姓名和所需的各项。', 422);
    const command = this.#commandOf(answer.data, read, found.negotiation);
    if (command === null) return this.#show(link, reply, '没有受理：发布时刻填写有误。', 422);
    try {
      await this.negotiating.carryOut(command);
      return await this.#show(link, reply, '已收到贵单位的答复，现状如下。');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#show(link, reply, refusals[error.code] ?? '没有受理，现状如下。', refusalCodes[error.code]);
    }
  }

  #commandOf(
    answer: Answer,
    { site, submissionId, turn }: Answering,
    negotiation: Negotiation,
  ): SubmissionCommand | null {
    const { to, text } = negotiation;
    const head = {
      id: this.ids.next(),
      at: this.clock.now(),
      actor: { kind: 'service' as const, id: 'answer-link', name: `${to.name} ${answer.name}`.slice(0, 200) },
      site,
      submissionId,
      actingSite: outsideSite,
    };
    switch (answer.answer) {
      case 'acknowledge':
        return { type: 'submission.acknowledge', ...head };
      case 'agree':
        return { type: 'submission.agree', ...head, turn };
      case 'counter': {
        const slot = fromField(answer.slot);
        if (slot === undefined) return null;
        // Without a word of another text it stays the one on the table.
        const html =
          paragraphsOf(answer.text, text.html) ?? ('html' in negotiation.state ? negotiation.state.html : null);
        return { type: 'submission.counter', ...head, slot, html, message: answer.message, turn };
      }
      case 'decline':
        return { type: 'submission.decline', ...head, reason: answer.reason, turn };
      case 'adopted':
        return { type: 'submission.claim_adopted', ...head, url: answer.url };
    }
  }

  async #negotiation({ site, submissionId }: Answering): Promise<{ negotiation: Negotiation; isOut: boolean } | null> {
    const id = submissionIds.parse(submissionId);
    const past = (await this.journal.read({ aggregate: 'submission', site, id })).events as SubmissionEvent[];
    const offered = past.find((event) => event.type === 'submission.offered');
    if (offered?.type !== 'submission.offered') return null;
    const { releaseId } = offered;
    const releases = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
    const negotiation = negotiationOf(past, releases);
    return negotiation && { negotiation, isOut: releases.some(({ type }) => type === 'release.published') };
  }
}

type Link = { Params: { link: string } };

const refusals: Partial<Record<Refusal['code'], string>> = {
  submission_own: '贵单位的方案已提出，等待报送单位答复。',
  submission_closed: '这条报送已经办结，现状如下。',
  submission_changed: '没有受理：已有新的方案，请看过再答复。',
  submission_slot_past: '没有受理：该时刻已经过去，请另提一个时刻。',
};

/** Nothing of the page may be kept, framed, indexed, or tell where it was opened. */
function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src ${style}; img-src https: http:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, nofollow',
    })
    .send(page);
}
