import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EvidenceStore, reasonOf } from '@tongsheng/bus';
import {
  limitsOf,
  Refusal,
  type Assignment,
  type Channel,
  type DeliveryCommand,
  type DeliveryEvent,
} from '@tongsheng/contracts';
import { Clock, Ids, Log, NoKey } from '@tongsheng/runtime';
import { step } from '@tongsheng/telemetry';
import { AdapterTools } from './adapter-tools.ts';
import { Board } from './board.ts';
import type { Handed, Package, Parcel, Sent, Tools } from './channels/channel.ts';
import { adapters } from './channels/index.ts';
import { Conversations } from './conversations.ts';
import { Credentials } from './credentials.ts';
import * as figures from './delivery-figures.ts';
import type { OpenDelivery } from './open-deliveries.ts';
import { Parcels } from './parcels.ts';
import { askingOf, Quotas } from './quotas.ts';
import { after } from './schedule.ts';
import { Shared } from './shared.ts';

type Attempted = Extract<DeliveryEvent, { type: 'delivery.attempted' }>;
type Said = Omit<Extract<DeliveryCommand, { type: 'delivery.answer' }>, 'type' | 'id' | 'at' | 'actor'>;

/** The longest that a channel may ask to be left alone, in seconds: a month, as quotas know it. */
const longestRest = 2_678_400;

/** One attempt from its first word in the log to its last: written before the call, answered after it. */
@Injectable()
export class Attempts {
  constructor(
    private readonly board: Board,
    private readonly evidence: EvidenceStore,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly parcels: Parcels,
    private readonly tools: AdapterTools,
    private readonly shared: Shared,
    private readonly quotas: Quotas,
    private readonly credentials: Credentials,
    private readonly conversations: Conversations,
  ) {}

  /**
   * @param onCall told the attempt's number right before the call; what was not told was surely not sent.
   * @returns 0, or for how many ms the lane has to wait for the channel's rate: nothing was written then.
   * @throws Refusal or StaleRead when somebody else was faster; anything else when the log could not be read or written.
   * Nothing was sent then.
   */
  async make(
    open: OpenDelivery,
    channel: Channel,
    instance: string,
    onCall: (attempt: number) => void,
    stopping: AbortSignal,
  ): Promise<number> {
    const { requested } = open;
    const { deliveryId, site, intent = 'deliver', original } = requested;
    const { rate, quotas: all } = limitsOf(channel);
    // What is taken back is no further message of ours.
    const quotas = intent === 'recall' ? [] : all;
    const parcel = await this.parcels.of(requested);
    const sent = original === undefined ? null : await this.parcels.sent(parcel, original);
    if (intent === 'recall' && !sent) {
      // Found out by now: there is nothing to take back.
      const reason = 'the channel never got it, or has it no more';
      await this.board.say(open, { type: 'delivery.cancel', ...this.#head(), deliveryId, site, reason });
      return 0;
    }
    if (quotas.length > 0 && (await this.#isPostponed(open, channel))) return 0;
    if (rate) {
      const waitMs = await this.shared.take(this.credentials.of(channel), rate);
      if (waitMs > 0) return waitMs;
    }
    // A new id each time: two processes must not take each other's attempt for their own.
    const said = await this.board.say(open, {
      type: 'delivery.attempt',
      ...this.#head(),
      deliveryId,
      site,
      instance,
    });
    const written = said.find((event): event is Attempted => event.type === 'delivery.attempted');
    // The channel has forgotten the key of what may have arrived: it is asked, or a person is.
    if (!written) return 0;
    const { attempt, startedAt, to: onlyTo } = written;
    onCall(attempt);

    const talk = this.tools.conversation(channel);
    const began = performance.now();
    const { kind, channelId } = channel;
    const handed = await step(
      {
        service: 'delivery',
        name: `hand over to ${kind}`,
        kind: 'client',
        parent: open.head.traceparent,
        attributes: { 'tongsheng.channel': channelId, 'tongsheng.attempt': attempt },
      },
      () =>
        talk.during(() =>
          this.#handOver(
            open,
            { ...parcel, attemptedAt: startedAt, ...(onlyTo && { onlyTo }) },
            sent,
            channel,
            attempt,
          ),
        ),
    );
    figures.attemptSeconds.observe({ kind }, (performance.now() - began) / 1_000);
    figures.attempts.inc({ kind, urgency: figures.urgencyOf(open), outcome: handed.outcome });
    const { facts, stored } = this.conversations.keep(talk, handed.outcome === 'confirmed');
    await this.#answerUntilHeard(open, { ...(await this.#said(open, attempt, handed)), ...facts }, stopping);
    await stored;
    const { outcome } = handed;
    const about = { deliveryId, channelId: channel.channelId, attempt, outcome };
    // What went as it should is in the log of events.
    this.log[outcome === 'confirmed' ? 'debug' : 'info']('delivery.attempted', about);
    if (quotas.length > 0 && open.state.status === 'failed' && isUnused(handed))
      await this.quotas.giveBack(askingOf(open.requested, channel, this.credentials), quotas, startedAt);
    return 0;
  }

  /** Says how somebody's attempt ended; the same answer from several processes is one. */
  async answer(open: OpenDelivery, said: Said): Promise<void> {
    const id = `${said.deliveryId}/answer/${said.attempt}/${said.outcome}`;
    await this.board.insist(open, { type: 'delivery.answer', ...this.#head(), id, ...said });
  }

  /** A slot of each quota is reserved; where there is none in this period, the delivery waits for the one that it got. */
  async #isPostponed(open: OpenDelivery, channel: Channel): Promise<boolean> {
    const { deliveryId, site } = open.requested;
    const { quotas } = limitsOf(channel);
    const notBefore = await this.quotas.reserve(
      askingOf(open.requested, channel, this.credentials),
      quotas,
      this.clock.now(),
    );
    if (notBefore === null) return false;
    const because = 'quota' as const;
    await this.board.say(open, { type: 'delivery.postpone', ...this.#head(), deliveryId, site, because, notBefore });
    return true;
  }

  async #handOver(
    open: OpenDelivery,
    parcel: Parcel,
    sent: Sent | null,
    channel: Channel,
    attempt: number,
  ): Promise<Handed> {
    const { deliveryId, channelKind, intent = 'deliver' } = open.requested;
    const { kind } = channel;
    if (kind !== channelKind) {
      // What an unknown outcome means was settled for the old kind; under the new one it could be sent twice.
      return { outcome: 'rejected_permanent', detail: `the channel was ${channelKind} and is ${kind} now` };
    }
    try {
      const settings = this.tools.settingsOf(channel);
      const tools = this.tools.for(channel, notesOf(open), this.#noting(open, attempt));
      // A new version for who has none yet is their first.
      if (intent === 'deliver' || (intent === 'amend' && !sent))
        return await adapters[kind].deliver(parcel, settings, tools);
      const change = adapters[kind][intent];
      if (!change || !sent) return { outcome: 'rejected_permanent', detail: `a ${kind} channel can’t ${intent}` };
      return await change.hand(parcel, sent, settings, tools);
    } catch (error) {
      if (error instanceof NoKey) return { outcome: 'not_sent', trouble: 'credential', detail: error.message };
      this.log.error('delivery.adapter_failed', { deliveryId, kind, reason: reasonOf(error) });
      return { outcome: 'unknown', detail: `the adapter failed: ${reasonOf(error)}` };
    }
  }

  #noting(open: OpenDelivery, attempt: number): Tools['note'] {
    const { deliveryId, site } = open.requested;
    return (notes) =>
      this.board.insist(open, { type: 'delivery.note', ...this.#head(), deliveryId, site, attempt, notes });
  }

  async #said({ requested }: OpenDelivery, attempt: number, handed: Handed): Promise<Said> {
    const { deliveryId, site } = requested;
    const { outcome, detail, receipt, retryAfterSeconds = null, trouble, recipients } = handed;
    const assignment = handed.assignment && (await this.#assign(handed.assignment));
    return {
      deliveryId,
      site,
      attempt,
      outcome,
      detail: detail.slice(0, 2_000),
      receipt: receipt ? { ...receipt, remoteId: receipt.remoteId.slice(0, 500), receivedAt: this.clock.now() } : null,
      retryAfterSeconds: retryAfterSeconds === null ? null : Math.min(longestRest, Math.ceil(retryAfterSeconds)),
      ...(trouble && { trouble }),
      ...(assignment && { assignment }),
      ...(recipients && { recipients }),
    };
  }

  /** The package that a person hands over is kept with the proofs: what was to go out can be shown later. */
  async #assign({ files, within, ...rest }: Package): Promise<Assignment> {
    const kept = await Promise.all(
      files.map(async ({ bytes, ...file }) => ({
        ...file,
        bytes: bytes.length,
        hash: await this.evidence.keep(bytes),
      })),
    );
    return { ...rest, files: kept, dueAt: after(this.clock.now(), within) };
  }

  /** What the channel said is known to this process only, so it is told to the log until the log has it. */
  async #answerUntilHeard(open: OpenDelivery, said: Said, stopping: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.answer(open, said);
      } catch (error) {
        const { deliveryId, attempt, outcome } = said;
        this.log.error('delivery.answer_failed', { deliveryId, attempt, outcome, reason: reasonOf(error) });
        if (error instanceof Refusal || stopping.aborted) return;
        await wait(1_000);
      }
    }
  }

  #head() {
    return { id: this.ids.next(), at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
  }
}

const notesOf = ({ state }: OpenDelivery) => (state.status === 'new' ? {} : state.notes);

/** Nothing of it counts against what the platform lets us do. */
const isUnused = ({ outcome }: Handed): boolean =>
  outcome === 'not_sent' || outcome === 'rejected_permanent' || outcome === 'rejected_retryable';
