import { Injectable } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import {
  limitsOf,
  Refusal,
  type Channel,
  type ChannelHealth,
  type ChannelState,
  type ChannelTried,
  type ConversationFacts,
  type TrialUndone,
} from '@tongsheng/contracts';
import { Clock, Ids, Log, NoKey } from '@tongsheng/runtime';
import { AdapterTools } from './adapter-tools.ts';
import { Board } from './board.ts';
import type { Handed, Tools } from './channels/channel.ts';
import { adapters } from './channels/index.ts';
import { Conversations } from './conversations.ts';
import { Credentials } from './credentials.ts';
import { Gates } from './gates.ts';
import { Quotas } from './quotas.ts';
import { Registered } from './registered.ts';

/** What people want to know of a channel, and what they may try there. Nothing here is a delivery. */
@Injectable()
export class ChannelStates {
  /** The last answer of each channel; whoever wants to know asks again. */
  readonly #health = new Map<string, ChannelHealth>();

  constructor(
    private readonly registered: Registered,
    private readonly credentials: Credentials,
    private readonly gates: Gates,
    private readonly quotas: Quotas,
    private readonly board: Board,
    private readonly tools: AdapterTools,
    private readonly conversations: Conversations,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  async of(channelIds: readonly string[]): Promise<ChannelState[]> {
    const channels = channelIds.flatMap((channelId) => this.registered.channel(channelId) ?? []);
    const at = this.#underWay();
    return Promise.all(channels.map((channel) => this.#stateOf(channel, at.get(channel.channelId))));
  }

  /** Asks the channel how it and our login are. Sends nothing that anybody reads. */
  async check(channelId: string): Promise<ChannelHealth> {
    const { channel, adapter } = this.#known(channelId);
    const { health } = adapter;
    if (!health) throw new Refusal('channel_not_askable', `a ${channel.kind} channel can’t be asked how it is`);
    const { result, said } = await this.#talk(channel, (settings, tools) => health(settings, tools));
    const {
      ok,
      detail,
      trouble,
      quotaLeft = null,
      expiresAt = null,
    } = 'failed' in result ? { ok: false, detail: result.failed, trouble: 'credential' as const } : result;
    const found = { ok, detail: detail.slice(0, 2_000), trouble, quotaLeft, expiresAt, checkedAt: this.clock.now() };
    const told = { ...found, ...(said && { conversation: said }) };
    this.#health.set(channelId, told);
    this.log.info('channel.checked', { channelId, ok, trouble });
    return told;
  }

  /** Sends what says that it is a test. */
  async try(channelId: string, to: string | null): Promise<ChannelTried> {
    const { channel, adapter } = this.#known(channelId);
    const { test } = adapter;
    if (!test) throw new Refusal('channel_not_askable', `a ${channel.kind} channel can’t be tried without publishing`);
    const id = `test-${this.ids.next()}`;
    const { result } = await this.#talk(channel, (settings, tools) => test.send(id, to, settings, tools));
    const { outcome, detail, receipt }: Handed =
      'failed' in result ? { outcome: 'not_sent', detail: result.failed } : result;
    this.log.info('channel.tried', { channelId, outcome });
    const made = test.undo && receipt ? receipt.remoteId : null;
    return { outcome, detail: detail.slice(0, 2_000), made };
  }

  /** Takes away what a test has left at the channel. */
  async undoTrial(channelId: string, made: string): Promise<TrialUndone> {
    const { channel, adapter } = this.#known(channelId);
    const undo = adapter.test?.undo;
    if (!undo) throw new Refusal('channel_not_askable', `a test leaves nothing at a ${channel.kind} channel`);
    const { result } = await this.#talk(channel, (settings, tools) => undo(made, settings, tools));
    const { done, detail } = 'failed' in result ? { done: false, detail: result.failed } : result;
    this.log.info('channel.trial_undone', { channelId, done });
    return { done, detail: detail.slice(0, 2_000) };
  }

  async #talk<T extends object>(channel: Channel, ask: (settings: Channel['settings'], tools: Tools) => Promise<T>) {
    const talk = this.tools.conversation(channel);
    const forbidden = () => Promise.reject(new Error('a question notes nothing'));
    const work = async (): Promise<T | { failed: string }> => {
      try {
        return await ask(this.tools.settingsOf(channel), this.tools.for(channel, {}, forbidden));
      } catch (error) {
        if (error instanceof NoKey) return { failed: error.message };
        throw error;
      }
    };
    try {
      const result = await talk.during(work);
      const { facts, stored } = this.conversations.keep(talk, true);
      await stored;
      const said: ConversationFacts | undefined = facts.conversation;
      return { result, said };
    } catch (error) {
      this.log.error('channel.question_failed', { channelId: channel.channelId, reason: reasonOf(error) });
      throw error;
    }
  }

  #known(channelId: string) {
    const channel = this.registered.channel(channelId);
    if (!channel) throw new Refusal('registration_missing', `no channel ${channelId}`);
    return { channel, adapter: adapters[channel.kind] };
  }

  #underWay(): Map<string, { waiting: number; sending: string[] }> {
    const found = new Map<string, { waiting: number; sending: string[] }>();
    for (const { requested, state } of this.board.open.all()) {
      const at = found.get(requested.channelId) ?? { waiting: 0, sending: [] };
      if (state.status === 'waiting') at.waiting += 1;
      if (state.status === 'sending') at.sending.push(requested.deliveryId);
      found.set(requested.channelId, at);
    }
    return found;
  }

  async #stateOf(channel: Channel, at = { waiting: 0, sending: [] as string[] }): Promise<ChannelState> {
    const { channelId, kind } = channel;
    const { rate = null, parallel, quotas } = limitsOf(channel);
    const { onUnknown, health, probe, watch, amend, recall, test, callback } = adapters[kind];
    const credentialId = this.credentials.of(channel);
    const has = (method: unknown) => method !== undefined;
    return {
      channelId,
      credentialId,
      refused: this.credentials.isFailed(credentialId),
      breakers: this.gates.breakersOf(channel).map(({ of, breaker }) => ({ of, ...breaker })),
      quotas: await this.quotas.usedOf({ credentialId }, quotas, this.clock.now()),
      rate,
      parallel,
      ...at,
      onUnknown,
      can: {
        health: has(health),
        probe: has(probe),
        watch: has(watch),
        amend: has(amend),
        recall: has(recall),
        test: has(test),
        callback: has(callback),
      },
      health: this.#health.get(channelId) ?? null,
    };
  }
}
