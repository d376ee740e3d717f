import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { carryOut, EvidenceStore, Journal, reasonOf } from '@tongsheng/bus';
import {
  limitsOf,
  Refusal,
  withSecrets,
  type Assignment,
  type Channel,
  type DeliveryCommand,
  type DeliveryEvent,
  type DeliveryNotes,
} from '@tongsheng/contracts';
import { Clock, Ids, Log, NoKey, SecretBox } from '@tongsheng/runtime';
import type { Handed, Parcel, Tools } from './channels/channel.ts';
import { adapters } from './channels/index.ts';
import { Tokens } from './channels/tokens.ts';
import { delivery } from './delivery.ts';
import { Parcels } from './parcels.ts';
import { after } from './schedule.ts';

/** `host:port` that may be reached although not public: a mail server or a partner on the closed network. */
export class Allowed {
  readonly hosts: readonly string[];
  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }
}

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
type Attempted = Extract<DeliveryEvent, { type: 'delivery.attempted' }>;
type Said = Omit<Extract<DeliveryCommand, { type: 'delivery.answer' }>, 'type' | 'id' | 'at' | 'actor'>;

/** One attempt from its first word in the log to its last: written before the call, answered after it. */
@Injectable()
export class Attempts {
  readonly #tokens = new Tokens();

  constructor(
    private readonly journal: Journal,
    private readonly evidence: EvidenceStore,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly parcels: Parcels,
    private readonly allowed: Allowed,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * @param onCall told the attempt's number right before the call; what was not told was surely not sent.
   * @throws Refusal when it is not due; anything else when the log could not be read or written. Nothing was sent then.
   */
  async make(
    requested: Requested,
    channel: Channel,
    instance: string,
    notes: DeliveryNotes,
    onCall: (attempt: number) => void,
    stopping: AbortSignal,
  ): Promise<void> {
    const { deliveryId, site } = requested;
    const parcel = await this.parcels.of(requested);
    // A new id each time: two processes must not take each other's attempt for their own.
    const { position } = await carryOut(this.journal, delivery, {
      type: 'delivery.attempt',
      id: this.ids.next(),
      ...this.#head(),
      deliveryId,
      site,
      instance,
    });
    const written = (await this.journal.at(position))?.events.find(
      (event): event is Attempted => event.type === 'delivery.attempted',
    );
    if (!written) throw new Error(`delivery: position ${position} holds no attempt`);
    const { attempt, startedAt } = written;
    onCall(attempt);

    const tools = this.#tools(requested, channel, attempt, notes);
    const handed = await this.#handOver(requested, { ...parcel, attemptedAt: startedAt }, channel, tools);
    const { outcome, detail, receipt, retryAfterSeconds = null, trouble } = handed;
    const assignment = handed.assignment && (await this.#assign(handed.assignment));
    const said: Said = {
      deliveryId,
      site,
      attempt,
      outcome,
      detail: detail.slice(0, 2_000),
      receipt: receipt ? { ...receipt, remoteId: receipt.remoteId.slice(0, 500), receivedAt: this.clock.now() } : null,
      retryAfterSeconds: retryAfterSeconds === null ? null : Math.min(2_678_400, Math.ceil(retryAfterSeconds)),
      ...(trouble && { trouble }),
      ...(assignment && { assignment }),
    };
    this.log.info('delivery.attempted', { deliveryId, channelId: channel.channelId, attempt, outcome });
    await this.#answerUntilHeard(said, stopping);
  }

  /** Says how somebody's attempt ended; the same answer from several processes is one. */
  async answer(said: Said): Promise<void> {
    const id = `${said.deliveryId}/answer/${said.attempt}/${said.outcome}`;
    await carryOut(this.journal, delivery, { type: 'delivery.answer', id, ...this.#head(), ...said });
  }

  async #handOver(
    { deliveryId, channelKind }: Requested,
    parcel: Parcel,
    channel: Channel,
    tools: Tools,
  ): Promise<Handed> {
    const { kind, channelId } = channel;
    if (kind !== channelKind) {
      // What an unknown outcome means was settled for the old kind; under the new one it could be sent twice.
      return { outcome: 'rejected_permanent', detail: `the channel was ${channelKind} and is ${kind} now` };
    }
    try {
      const { settings } = withSecrets(channel, (value) => this.secrets.open(value, channelId));
      return await adapters[kind].deliver(parcel, settings, tools);
    } catch (error) {
      if (error instanceof NoKey) return { outcome: 'not_sent', trouble: 'credential', detail: error.message };
      this.log.error('delivery.adapter_failed', { deliveryId, kind, reason: reasonOf(error) });
      return { outcome: 'unknown', detail: `the adapter failed: ${reasonOf(error)}` };
    }
  }

  #tools({ deliveryId, site }: Requested, channel: Channel, attempt: number, notes: DeliveryNotes): Tools {
    const limits = limitsOf(channel);
    return {
      allow: this.allowed.hosts,
      timeoutMs: limits.timeoutMs,
      limits,
      notes,
      tokens: this.#tokens,
      note: async (facts) => {
        const id = this.ids.next();
        const noted = { ...this.#head(), deliveryId, site, attempt, notes: facts };
        await carryOut(this.journal, delivery, { type: 'delivery.note', id, ...noted });
      },
      file: async (hash) => {
        const found = await this.evidence.read(hash);
        if (!found?.intact) throw new Error(`delivery: the file ${hash} is not there, or is not what it was`);
        return found.bytes;
      },
    };
  }

  /** The package that a person hands over is kept with the proofs: what was to go out can be shown later. */
  async #assign({ files, within }: NonNullable<Handed['assignment']>): Promise<Assignment> {
    const kept = await Promise.all(
      files.map(async ({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        bytes: bytes.length,
        hash: await this.evidence.keep(bytes),
      })),
    );
    return { files: kept, dueAt: after(this.clock.now(), within) };
  }

  /** What the channel said is known to this process only, so it is told to the log until the log has it. */
  async #answerUntilHeard(said: Said, stopping: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.answer(said);
      } catch (error) {
        const { deliveryId, attempt, outcome } = said;
        this.log.error('delivery.answer_failed', { deliveryId, attempt, outcome, reason: reasonOf(error) });
        if (error instanceof Refusal || stopping.aborted) return;
        await wait(1_000);
      }
    }
  }

  #head() {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
  }
}
