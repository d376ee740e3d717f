import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, carryOut, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Channel, CredentialCommand } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { credential } from './credential.ts';

/** What a login is called in the log. Channels that share one share its troubles, its rate and its quota. */
export function credentialOf({ kind, settings, channelId }: Channel): string {
  const own = adapters[kind].credentialOf?.(settings) ?? `channel ${channelId}`;
  return createHash('sha256').update(`${kind}\n${own}`).digest('hex').slice(0, 24);
}

/** Which logins the platforms do not accept at this moment. */
@Injectable()
export class Credentials implements OnModuleInit, OnModuleDestroy {
  #table!: LiveTable<'credential'>;
  readonly #names = new WeakMap<Channel, string>();
  /** Said by this process a moment ago; the log will say so too. */
  readonly #failing = new Set<string>();

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('credentials.unreadable', { reason: reasonOf(error) });
    this.#table = await LiveTable.open(this.bus, 'credential', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#table.close();
  }

  of(channel: Channel): string {
    const known = this.#names.get(channel) ?? credentialOf(channel);
    this.#names.set(channel, known);
    return known;
  }

  isFailed(credentialId: string): boolean {
    return this.#failing.has(credentialId) || this.#table.get(credentialId)?.type === 'credential.failed';
  }

  /** Since when what was seen of a login before counts no more: a person said that it is well, or mended it. */
  wellSince(credentialId: string): string | null {
    const last = this.#table.get(credentialId);
    if (last?.type === 'credential.breaker_reset') return last.resetAt;
    return last?.type === 'credential.mended' ? last.mendedAt : null;
  }

  onChange(listener: () => void): void {
    this.#table.onChange(listener);
  }

  /** Told once however many attempts have found out; what was seen before it was mended tells nothing. */
  async fail(channel: Channel, detail: string, seenAt: string): Promise<void> {
    const credentialId = this.of(channel);
    const last = this.#table.get(credentialId);
    if (last?.type === 'credential.failed' || (last?.type === 'credential.mended' && last.mendedAt >= seenAt)) return;
    this.#failing.add(credentialId);
    try {
      const { channelId, name: channelName, site } = channel;
      await this.#say({
        type: 'credential.fail',
        ...this.#head(),
        credentialId,
        site,
        channelId,
        channelName,
        detail,
        seenAt,
      });
      await this.#table.fresh();
    } finally {
      this.#failing.delete(credentialId);
    }
  }

  /** The channel was registered anew, by whom: what was wrong with its login may be over. */
  async registered(channelId: string, by: { id: string; name?: string | undefined }, id: string): Promise<void> {
    await this.#table.fresh();
    for (const event of this.#table.all()) {
      if (event.type !== 'credential.failed' || event.channelId !== channelId) continue;
      const { credentialId, site } = event;
      const actor = { kind: 'person' as const, id: by.id, ...(by.name !== undefined && { name: by.name }) };
      const head = { id: `${id}/${credentialId}`, at: this.clock.now(), actor };
      await this.#say({ type: 'credential.mend', ...head, credentialId, site, how: 'registered' });
    }
  }

  async #say(command: CredentialCommand): Promise<void> {
    await carryOut(this.journal, credential, command);
  }

  #head() {
    return { id: this.ids.next(), at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
  }
}
