import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Bus, carryOut, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import {
  lastOfCredential,
  type Channel,
  type CredentialCommand,
  type CredentialEvent,
  type SealsStanding,
} from '@tongsheng/contracts';
import { Clock, Ids, Log, SecretBox } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { credential } from './credential.ts';

/** What a login is called in the log. Channels that share one share its troubles, its rate and its quota. */
export function credentialOf({ kind, settings, channelId }: Channel): string {
  const own = adapters[kind].credentialOf?.(settings) ?? `channel ${channelId}`;
  return createHash('sha256').update(`${kind}\n${own}`).digest('hex').slice(0, 24);
}

export type Renewed = Pick<
  Extract<CredentialEvent, { type: 'credential.renewed' }>,
  'field' | 'secret' | 'of' | 'validUntil'
>;

/** What a secret is known by that must not be named. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
/** Before the log is told again what must not be lost, in ms. */
const againMs = 1_000;

/** Which logins the platforms do not accept at this moment, and what they gave us in place of what was registered. */
@Injectable()
export class Credentials implements OnModuleInit, OnModuleDestroy {
  #table!: LiveTable<'credential'>;
  #renewals!: LiveTable<'credential', Renewed | null>;
  readonly #names = new WeakMap<Channel, string>();
  /** Said by this process a moment ago; the log will say so too. */
  readonly #failing = new Set<string>();
  /** Login → what this process was given and the log does not have yet. */
  readonly #given = new Map<string, Renewed>();
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly secrets: SecretBox,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('credentials.unreadable', { reason: reasonOf(error) });
    this.#table = await LiveTable.open(this.bus, 'credential', onFailure, lastOfCredential);
    const newest = (before: Renewed | null | undefined, event: CredentialEvent): Renewed | null => {
      if (event.type === 'credential.resealed') return before ? { ...before, secret: event.secret } : null;
      return event.type === 'credential.renewed' ? event : (before ?? null);
    };
    this.#renewals = await LiveTable.fold(this.bus, 'credential', newest, onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#table.close(), this.#renewals.close()]);
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
    if (last?.type === 'credential.renewed') return last.renewedAt;
    return last?.type === 'credential.mended' ? last.mendedAt : null;
  }

  onChange(listener: () => void): void {
    this.#table.onChange(listener);
  }

  /** Told once however many attempts have found out; what was seen before it was mended tells nothing. */
  async fail(channel: Channel, detail: string, seenAt: string): Promise<void> {
    const credentialId = this.of(channel);
    const last = this.#table.get(credentialId);
    const wellAt =
      last?.type === 'credential.mended' ? last.mendedAt : last?.type === 'credential.renewed' && last.renewedAt;
    if (last?.type === 'credential.failed' || (wellAt && wellAt >= seenAt)) return;
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

  /** The newest secret that the platform gave, sealed under the login's name; null: what is registered counts. */
  renewedOf(channel: Channel): Renewed | null {
    const key = `${channel.site}/${this.of(channel)}`;
    return this.#given.get(key) ?? this.#renewals.get(key) ?? null;
  }

  /**
   * The platform gave a new secret and has forgotten the one before: it counts at once, and the log is told until it has it.
   * @param registered the secret that was registered, from which it came
   * @throws NoKey
   */
  async renew(
    channel: Channel,
    {
      field,
      secret,
      registered,
      validUntil,
    }: { field: string; secret: string; registered: string; validUntil: string | null },
  ): Promise<void> {
    const [credentialId, { site, channelId }] = [this.of(channel), channel];
    const sealed = this.secrets.seal(secret, credentialId, this.clock.now());
    const facts: Renewed = { field, secret: sealed, of: hashOfSecret(registered), validUntil };
    const key = `${site}/${credentialId}`;
    this.#given.set(key, facts);
    const head = this.#head();
    while (!this.#stopped) {
      try {
        await this.#say({ type: 'credential.renew', ...head, credentialId, site, channelId, ...facts });
        await this.#renewals.fresh();
        if (this.#given.get(key) === facts) this.#given.delete(key);
        return this.log.info('credential.renewed', { credentialId, channelId, validUntil });
      } catch (error) {
        this.log.error('credential.renewal_not_told', { credentialId, reason: reasonOf(error) });
        await wait(againMs);
      }
    }
  }

  /** How the renewed secrets are sealed that have not been replaced by what was registered since. */
  async standing(): Promise<SealsStanding> {
    await this.#renewals.fresh();
    const rows = this.#renewals.entries().flatMap(([key, renewed]) => {
      const [site, id] = key.split('/') as [string, string];
      return renewed ? [{ site, id, state: this.secrets.standing(renewed.secret, id) }] : [];
    });
    return { rows };
  }

  /** What stands under an older key, and what it becomes under the newest. */
  async resealed(site: string, credentialId: string): Promise<{ was: string; now: string } | null> {
    await this.#renewals.fresh();
    const was = this.#renewals.get(`${site}/${credentialId}`)?.secret;
    if (was === undefined || this.secrets.standing(was, credentialId) !== 'older') return null;
    return { was, now: this.secrets.renew(was, credentialId, this.clock.now()) };
  }

  async #say(command: CredentialCommand): Promise<void> {
    await carryOut(this.journal, credential, command);
  }

  #head() {
    return { id: this.ids.next(), at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
  }
}
