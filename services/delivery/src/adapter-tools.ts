import { Injectable } from '@nestjs/common';
import { EvidenceStore } from '@tongsheng/bus';
import { limitsOf, withSecrets, type Channel, type DeliveryNotes } from '@tongsheng/contracts';
import { Clock, NoKey, SecretBox } from '@tongsheng/runtime';
import { Conversation, masker, type Mask } from '@tongsheng/web';
import type { Tools } from './channels/channel.ts';
import { Tokens } from './channels/tokens.ts';
import { Credentials, hashOfSecret, type Renewed } from './credentials.ts';
import { Shared } from './shared.ts';
import { sharedTokens } from './shared-tokens.ts';

/** `host:port` that may be reached although not public: a mail server or a partner on the closed network. */
export class Allowed {
  readonly hosts: readonly string[];
  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }
}

type Opened = {
  settings: Channel['settings'];
  mask: Mask;
  /** By which of what the platform gave since; field → what was registered. */
  renewed: Renewed | null;
  registered: ReadonlyMap<string, string>;
};

/** What adapters work with. */
@Injectable()
export class AdapterTools {
  readonly #tokens: Tokens;
  /** Opened once for as long as a channel stays as it is registered. */
  readonly #opened = new WeakMap<Channel, Opened>();

  constructor(
    private readonly evidence: EvidenceStore,
    private readonly allowed: Allowed,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
    private readonly credentials: Credentials,
    shared: Shared,
  ) {
    this.#tokens = new Tokens(sharedTokens(shared, secrets));
  }

  /** The settings with their secrets in clear, for the adapter alone. @throws NoKey */
  settingsOf(channel: Channel): Channel['settings'] {
    return this.#open(channel).settings;
  }

  /** Listens to what is said to a channel and by it, and knows what of it nobody may read. */
  conversation(channel: Channel): Conversation {
    try {
      return new Conversation(this.#open(channel).mask);
    } catch (error) {
      // Nothing is called without its secrets either.
      if (!(error instanceof NoKey)) throw error;
      return new Conversation();
    }
  }

  #open(channel: Channel): Opened {
    const renewed = this.credentials.renewedOf(channel);
    const known = this.#opened.get(channel);
    if (known && known.renewed === renewed) return known;
    const secrets: string[] = [];
    const registered = new Map<string, string>();
    const { settings } = withSecrets(channel, (value, field) => {
      const secret = this.secrets.open(value, channel.channelId);
      secrets.push(secret);
      registered.set(field, secret);
      const isReplaced = renewed?.field === field && renewed.of === hashOfSecret(secret);
      if (!isReplaced) return secret;
      const newest = this.secrets.open(renewed.secret, this.credentials.of(channel));
      secrets.push(newest);
      return newest;
    });
    const opened = { settings, mask: masker(secrets), renewed, registered };
    this.#opened.set(channel, opened);
    return opened;
  }

  for(channel: Channel, notes: DeliveryNotes, note: Tools['note']): Tools {
    const limits = limitsOf(channel);
    return {
      allow: this.allowed.hosts,
      timeoutMs: limits.timeoutMs,
      limits,
      now: () => this.clock.now(),
      notes,
      note,
      tokens: this.#tokens,
      renew: this.secrets.newest === null ? null : (...given) => this.#renew(channel, ...given),
      file: async (hash) => {
        const found = await this.evidence.read(hash);
        if (!found?.intact) throw new Error(`delivery: the file ${hash} is not there, or is not what it was`);
        return found.bytes;
      },
    };
  }

  #renew(channel: Channel, field: string, secret: string, validUntil: string | null): Promise<void> {
    const registered = this.#open(channel).registered.get(field);
    if (registered === undefined) throw new Error(`delivery: ${channel.kind} has no secret ${field}`);
    return this.credentials.renew(channel, { field, secret, registered, validUntil });
  }
}
