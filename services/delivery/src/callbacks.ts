import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { carryOut, EvidenceStore, Journal, reasonOf } from '@tongsheng/bus';
import {
  Refusal,
  type Bounced,
  type CallbackCommand,
  type CallbackEvent,
  type Channel,
  type DeliveryEvent,
} from '@tongsheng/contracts';
import { Clock, Log, NoKey } from '@tongsheng/runtime';
import { LRUCache } from 'lru-cache';
import { AdapterTools } from './adapter-tools.ts';
import { Board } from './board.ts';
import { callback } from './callback.ts';
import type { Heard, Inbound } from './channels/channel.ts';
import { adapters } from './channels/index.ts';
import { delivery } from './delivery.ts';
import type { OpenDelivery } from './open-deliveries.ts';
import { Registered } from './registered.ts';

type News = Heard['news'][number];
type Told = Extract<CallbackEvent, { type: 'callback.heard' }>['news'][number];
type Saying<T extends CallbackCommand['type']> = Omit<
  Extract<CallbackCommand, { type: T }>,
  'id' | 'at' | 'actor' | 'site' | 'channelId' | 'channelName' | 'channelKind'
>;

const plain = 'text/plain; charset=utf-8';
const nowhere: Heard['answer'] = { status: 404, body: '', contentType: plain };
/** The platform says it again: it has two more tries, and then there is the poll. */
const later: Heard['answer'] = { status: 503, body: '', contentType: plain };

const idOf = (...parts: string[]) => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** What platforms tell us by themselves. It meets what the poll finds in the delivery, which knows both. */
@Injectable()
export class Callbacks {
  /** Refusals of this hour that the log has. */
  readonly #refused = new LRUCache<string, true>({ max: 1_000 });

  constructor(
    private readonly journal: Journal,
    private readonly evidence: EvidenceStore,
    private readonly board: Board,
    private readonly registered: Registered,
    private readonly tools: AdapterTools,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Told on before it is answered: a platform that hears no yes says it again. */
  async hear(channelId: string, inbound: Inbound): Promise<Heard['answer']> {
    const channel = this.registered.channel(channelId);
    const { callback: listen } = channel ? adapters[channel.kind] : {};
    if (!channel || !listen) return nowhere;
    try {
      const forbidden = () => Promise.reject(new Error('a callback notes nothing'));
      const heard = await listen(inbound, this.tools.settingsOf(channel), this.tools.for(channel, {}, forbidden));
      if (heard.refused) await this.#refuse(channel, heard.refused);
      else if (heard.replayKey !== null) await this.#take(channel, inbound, heard.replayKey, heard.news);
      return heard.answer;
    } catch (error) {
      const level = error instanceof NoKey ? 'warn' : 'error';
      this.log[level]('callback.failed', { channelId, reason: reasonOf(error) });
      return later;
    }
  }

  async #refuse(channel: Channel, { because, detail }: NonNullable<Heard['refused']>): Promise<void> {
    const { channelId } = channel;
    this.log.warn('callback.refused', { channelId, because, detail });
    // Whoever knocks without end fills no log.
    const callbackId = idOf(channelId, because, this.clock.now().slice(0, 13));
    if (this.#refused.has(callbackId)) return;
    await this.#say(channel, { type: 'callback.refuse', callbackId, because, detail: detail.slice(0, 500) });
    this.#refused.set(callbackId, true);
  }

  /** Only the first of equal calls tells something: an old one must not undo what happened since. */
  async #take(channel: Channel, { body }: Inbound, replayKey: string, news: News[]): Promise<void> {
    const { channelId, site } = channel;
    const callbackId = idOf(channelId, replayKey);
    const past = await this.journal.read({ aggregate: 'callback', site, id: callbackId });
    if (past.events.length > 0) return this.log.info('callback.repeated', { channelId, callbackId });
    const told: Told[] = [];
    for (const each of news) {
      const about = aboutOf(each);
      if (each.bounced) {
        const deliveryId = await this.#tellBounce(channel, callbackId, each, each.bounced);
        told.push({ about, deliveryId, finding: each.finding, detail: each.detail.slice(0, 2_000) });
        continue;
      }
      const open = this.#find(channel, each);
      if (open) await this.#tell(open, callbackId, each);
      const deliveryId = open?.requested.deliveryId ?? null;
      told.push({ about, deliveryId, finding: each.finding, detail: each.detail.slice(0, 2_000) });
    }
    await this.#say(channel, { type: 'callback.hear', callbackId, news: told, body: await this.evidence.keep(body) });
    this.log.info('callback.heard', { channelId, callbackId, news: told.length });
  }

  /** Of every channel with the same login: a platform calls one address for the whole account. */
  #find(channel: Channel, { about }: News): OpenDelivery | undefined {
    const login = loginOf(channel);
    for (const open of this.board.open.all()) {
      const { requested, state } = open;
      if (state.status === 'new') continue;
      const isIt =
        'deliveryId' in about
          ? requested.deliveryId === about.deliveryId
          : 'remoteId' in about
            ? state.receipt?.remoteId === about.remoteId
            : state.notes[about.note] === about.value;
      if (!isIt) continue;
      const its = this.registered.channel(requested.channelId);
      if (its && loginOf(its) === login) return open;
    }
    return undefined;
  }

  /** A mail that was taken over is closed by now: it is looked for in the log. */
  async #tellBounce(channel: Channel, callbackId: string, { about }: News, recipients: Bounced[]) {
    const { site, channelId } = channel;
    if (!('deliveryId' in about)) return null;
    const { deliveryId } = about;
    const past = await this.journal.read({ aggregate: 'delivery', site, id: deliveryId });
    const [first] = past.events as DeliveryEvent[];
    if (first?.type !== 'delivery.requested' || first.channelId !== channelId) return null;
    const head = this.#head(`${callbackId}/${deliveryId}`);
    await carryOut(this.journal, delivery, {
      type: 'delivery.record_bounce',
      ...head,
      deliveryId,
      site,
      recipients,
    });
    return deliveryId;
  }

  async #tell(open: OpenDelivery, callbackId: string, { finding, detail, receipt }: News): Promise<void> {
    const { requested, state } = open;
    if (state.status === 'new') return;
    const { deliveryId, site } = requested;
    try {
      await this.board.insist(open, {
        type: 'delivery.record_probe',
        ...this.#head(`${callbackId}/${deliveryId}`),
        deliveryId,
        site,
        attempt: state.attempts,
        by: 'callback',
        finding,
        detail: detail.slice(0, 2_000),
        receipt: receipt ? { ...receipt, receivedAt: this.clock.now() } : null,
        retryAfterSeconds: null,
      });
    } catch (error) {
      // The attempt that it is about has not been answered yet: the poll will find out.
      if (!(error instanceof Refusal)) throw error;
      this.log.info('callback.early', { deliveryId, reason: reasonOf(error) });
    }
  }

  async #say(channel: Channel, said: Saying<'callback.hear'> | Saying<'callback.refuse'>): Promise<void> {
    const { channelId, name: channelName, kind: channelKind, site } = channel;
    const command = { ...this.#head(`${said.callbackId}/${said.type}`), site, channelId, channelName, channelKind };
    await carryOut(this.journal, callback, { ...command, ...said });
  }

  #head(id: string) {
    return { id, at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
  }
}

const loginOf = ({ kind, settings, channelId }: Channel): string =>
  adapters[kind].credentialOf?.(settings) ?? `channel ${channelId}`;

function aboutOf({ about }: News): string {
  if ('deliveryId' in about) return about.deliveryId.slice(0, 200);
  return ('remoteId' in about ? about.remoteId : `${about.note} ${about.value}`).slice(0, 200);
}
