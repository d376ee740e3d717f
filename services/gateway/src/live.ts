import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LiveChange, type SubmissionRow } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import type { ChangedRow } from '@tongsheng/projections';
import { LiveGauge } from '@tongsheng/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Changes } from './changes.ts';
import { Models } from './models.ts';
import { servesSite } from './permissions.ts';
import { Sessions, type Caller } from './sessions.ts';
import type { StoredItem } from './views/items.ts';

/** Changes kept for consoles whose stream broke, and how much an inattentive one may leave unread. */
const kept = 10_000;
const mostUnread = 4 * 2 ** 20;
const heartbeatMs = 10_000;

const consoles = new LiveGauge({
  name: 'tongsheng_consoles_listening',
  help: 'Consoles that are told of changes as they happen',
  labels: [],
});

type View = LiveChange['view'];
const isView = (name: string): name is View => LiveChange.shape.view.options.some((each) => each === name);
/** A change as it was heard: it is read only where somebody listens. */
type Heard = ChangedRow & { view: View };
type Listener = { caller: Caller; token: string; reply: FastifyReply; beat: NodeJS.Timeout };

/**
 * Server-sent events: every change of a row, with its log position as id. A console that comes back says how far it
 * got; when that is still remembered it gets the rest, otherwise `gap`, and reads again.
 */
@Injectable()
export class Live implements OnModuleDestroy {
  readonly #ring: Heard[] = [];
  readonly #listeners = new Set<Listener>();
  #newest = 0;

  constructor(
    private readonly models: Models,
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    changes: Changes,
  ) {
    consoles.tellOne({}, () => this.#listeners.size);
    changes.hear((view, change) => {
      // Of neighbours there is little, and their positions are of another log.
      if (!isView(view)) return this.#tellGap(this.#newest);
      if ('rebuilt' in change) return this.#tellGap(change.position);
      this.#tell({ ...change, view });
    });
  }

  onModuleDestroy(): void {
    for (const listener of this.#listeners) this.#end(listener);
  }

  /** Answers one console, until it goes away. */
  open(request: FastifyRequest, reply: FastifyReply, caller: Caller, token: string): void {
    const headers = reply.getHeaders() as OutgoingHttpHeaders;
    reply.hijack();
    reply.raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    const listener: Listener = { caller, token, reply, beat: setInterval(() => this.#beat(listener), heartbeatMs) };
    this.#listeners.add(listener);
    request.raw.once('close', () => this.#end(listener));
    this.#resume(listener, request.headers['last-event-id']);
    this.#beat(listener);
  }

  /** Sessions of somebody were ended: those that listen are looked at now and not at their next beat. */
  async endClosedOf(personId: string): Promise<void> {
    const theirs = [...this.#listeners].filter(({ caller }) => caller.personId === personId);
    await Promise.all(theirs.map((listener) => this.#endIfClosed(listener)));
  }

  /** Someone signed out: what their other windows still listen to ends with it. */
  endOf({ csrfToken }: Caller): void {
    for (const listener of this.#listeners)
      if (csrfToken !== null && listener.caller.csrfToken === csrfToken) this.#end(listener);
  }

  #resume(listener: Listener, lastEventId: string | string[] | undefined): void {
    const from = Number(lastEventId);
    if (lastEventId === undefined || !Number.isInteger(from)) return;
    // Each view comes in order, but one may lag behind another: what was missed is what came after, not what counts higher.
    const last = this.#ring.findIndex(({ position }) => position === from);
    if (last === -1) return this.#write(listener, 'gap', JSON.stringify({ position: this.#newest }));
    // A position may have several changes, so its own are sent again; they change nothing a second time.
    for (const change of this.#ring.slice(last)) this.#send(listener, change);
  }

  #tell(change: Heard): void {
    this.#newest = Math.max(this.#newest, change.position);
    this.#ring.push(change);
    if (this.#ring.length > kept) this.#ring.splice(0, kept / 10);
    for (const listener of this.#listeners) this.#send(listener, change);
  }

  #tellGap(position: number): void {
    this.#newest = Math.max(this.#newest, position);
    // Rows changed without a word each: who is away now must read again as well.
    this.#ring.length = 0;
    for (const listener of this.#listeners) this.#write(listener, 'gap', JSON.stringify({ position }));
  }

  #send(listener: Listener, change: Heard): void {
    const site = change.key.includes('/') ? change.key.split('/')[0]! : null;
    if (site !== null && ![site, ...otherSide(change)].some((each) => servesSite(listener.caller, each))) return;
    this.#write(listener, 'change', this.#textOf(change), change.position);
  }

  /** A `LiveChange` as JSON. */
  #textOf({ view, key, position, json }: Heard): string {
    const row = view === 'items' && json ? JSON.stringify(this.models.shownItem(JSON.parse(json) as StoredItem)) : json;
    return `${JSON.stringify({ view, key, position }).slice(0, -1)},"row":${row}}`;
  }

  #beat(listener: Listener): void {
    if (listener.caller.expiresAt <= this.clock.now()) return this.#end(listener);
    this.#write(listener, 'heartbeat', JSON.stringify({ serverTime: this.clock.now(), position: this.#newest }));
    // Ended by the owner from elsewhere, or by whoever disabled the person: another process may have been told.
    if (listener.token !== '') void this.#endIfClosed(listener);
  }

  async #endIfClosed(listener: Listener): Promise<void> {
    if (!(await this.sessions.isOpen(listener.token))) this.#end(listener);
  }

  /** Everything says how far the listener has got, heartbeats too: a stream that breaks before its first change has missed the next. */
  #write(listener: Listener, event: string, data: string, id = this.#ring.at(-1)?.position ?? 0): void {
    const { raw } = listener.reply;
    if (raw.writableLength > mostUnread) return this.#end(listener);
    raw.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`);
  }

  #end(listener: Listener): void {
    clearInterval(listener.beat);
    this.#listeners.delete(listener);
    listener.reply.raw.end();
  }
}

/** A submission is read by both sides. */
function otherSide({ view, json }: Heard): string[] {
  if (view !== 'submissions' || json === null) return [];
  const { to } = JSON.parse(json) as SubmissionRow;
  return to.kind === 'site' ? [to.site] : [];
}
