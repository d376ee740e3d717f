import { Injectable } from '@nestjs/common';
import { isFull, Journal, NoAnswer } from '@tongsheng/bus';
import {
  Refusal,
  refusalCodes,
  token,
  type AccessEvent,
  type RefusalBody,
  type SignInMeans,
} from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { languageOf, messageFor } from './messages.ts';
import { Sessions, type Caller } from './sessions.ts';
import { Settings } from './settings.ts';

/** Behind TLS a cookie that no other host and no other path can set. */
export const cookieNameOf = ({ SECURE_COOKIES }: Settings['values']): string =>
  SECURE_COOKIES ? '__Host-ts_session' : 'ts_session';

export const sessionCookie = ({ SECURE_COOKIES }: Settings['values']) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: SECURE_COOKIES,
});

/** Names the browser that was sent to a provider, so that no other brings its answer. */
export const browserCookieOf = ({ SECURE_COOKIES }: Settings['values']): string =>
  SECURE_COOKIES ? '__Host-ts_browser' : 'ts_browser';

/** Who stands before the door, what is refused there, and the record of it. */
@Injectable()
export class Door {
  constructor(
    private readonly sessions: Sessions,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly settings: Settings,
  ) {}

  /** The token in a request's cookie; empty without one. */
  tokenOf(request: FastifyRequest): string {
    return request.cookies[cookieNameOf(this.settings.values)] ?? '';
  }

  /** @throws Refusal sign_in_required, session_expired, sign_in_failed, origin_refused */
  async callerOf(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    if (authorization) return this.sessions.bearer(authorization);
    const cookie = this.tokenOf(request);
    if (!cookie) throw new Refusal('sign_in_required', 'not signed in');
    const caller = await this.sessions.find(cookie);
    if (request.method !== 'GET' && request.method !== 'HEAD') mustComeFromConsole(request, caller);
    return caller;
  }

  /** Every refusal becomes its status and a sentence; what is a matter of access is written into the log. */
  async refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<FastifyReply> {
    const refusal = this.#asRefusal(error, request);
    const status = refusalCodes[refusal.code];
    if (isAudited(request, refusal, status)) await this.#record(request, refusal);
    if (refusal.code === 'sign_in_locked') reply.header('retry-after', refusal.params['retryAfterSeconds']);
    const message = messageFor(refusal.code, languageOf(request.headers['accept-language']));
    return reply
      .code(status)
      .header('cache-control', 'no-store')
      .send({ ...refusal, message });
  }

  async record(event: AccessEvent): Promise<void> {
    const id = token.safeParse(event.personId).success ? event.personId : 'unknown';
    const actor = { kind: 'service' as const, id: 'gateway' };
    await this.journal.record(
      { aggregate: 'access', site: 'gateway', id },
      { id: this.ids.next(), at: this.clock.now(), actor },
      event,
    );
  }

  /** Writes down a sign-in, or a proof, that failed for what was shown; other trouble is none of the log's. */
  async recordFailure(request: FastifyRequest, by: SignInMeans, error: unknown): Promise<void> {
    if (!(error instanceof Refusal)) return;
    const { code, params } = error;
    const isAtDirectory = code.startsWith('directory_');
    if (!isAtDirectory && code !== 'sign_in_failed' && code !== 'login_code_wrong') return;
    const claimed = request.caller?.personId ?? request.claimedId ?? token.safeParse(params['name']).data;
    await this.record({
      type: 'session.sign_in_failed',
      personId: claimed ?? 'unknown',
      ...this.from(request),
      by,
      ...(isAtDirectory && { code }),
      failedAt: this.clock.now(),
    });
  }

  from(request: FastifyRequest) {
    return { address: request.ip.slice(0, 64), agent: (request.headers['user-agent'] ?? '').slice(0, 300) };
  }

  async #record(request: FastifyRequest, { code }: RefusalBody): Promise<void> {
    const personId = request.caller?.personId ?? request.claimedId ?? 'unknown';
    const action = `${request.method} ${request.routeOptions.url ?? request.url}${request.commandType ? ` ${request.commandType}` : ''}`;
    const event: AccessEvent = {
      type: 'access.refused',
      personId,
      code,
      action: action.slice(0, 300),
      ...this.from(request),
      refusedAt: this.clock.now(),
    };
    // A door that can't write its book stays shut all the same.
    await this.record(event).catch((error: unknown) => this.log.error('audit.not_written', { reason: String(error) }));
  }

  #asRefusal(error: unknown, request: FastifyRequest): RefusalBody {
    if (error instanceof Refusal) return error.toBody();
    if (error instanceof ZodError) {
      const problems = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
      return { code: 'command_invalid', message: '', params: {}, problems };
    }
    if (error instanceof NoAnswer) return { code: 'no_answer', message: '', params: {} };
    if (isFull(error)) return { code: 'log_full', message: '', params: {} };
    if (isClientError(error))
      return { code: 'command_invalid', message: '', params: {}, problems: [{ path: '', message: error.message }] };
    this.log.error('request.failed', {
      url: request.url,
      reason: String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    return { code: 'no_answer', message: '', params: { requestId: request.id } };
  }
}

/**
 * Matters of access. Whoever is merely not signed in leaves no trace: the log is for ever, and every first visit would
 * stand in it. A wrong password has its own event.
 */
function isAudited(request: FastifyRequest, { code }: RefusalBody, status: number): boolean {
  if (code === 'sign_in_required' || code === 'second_factor_required' || code === 'proof_required') return false;
  // What went wrong at a directory is a sign-in that failed.
  if (code.startsWith('directory_')) return false;
  if (code === 'sign_in_failed') return request.headers.authorization !== undefined;
  return status === 401 || status === 403 || status === 429;
}

/** A page of another site can send our cookie, but neither read the token nor forge its own origin. */
function mustComeFromConsole({ headers, host }: FastifyRequest, { csrfToken }: Caller): void {
  const { origin } = headers;
  if (origin && (!URL.canParse(origin) || new URL(origin).host !== host))
    throw new Refusal('origin_refused', `origin ${origin}`);
  if (headers['x-csrf-token'] !== csrfToken) throw new Refusal('origin_refused', 'x-csrf-token is missing or wrong');
}

const isClientError = (error: unknown): error is Error & { statusCode: number } =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500;

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
    /** Who somebody says to be who has not shown it yet. */
    claimedId?: string;
    commandType?: string;
  }
}
