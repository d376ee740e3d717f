import { Injectable } from '@nestjs/common';
import {
  changeSecrets,
  contactOwnerOf,
  isSealed,
  keptSecret,
  meansOwnerOf,
  Refusal,
  secretOwnerOf,
  sealingKeyOf,
  source,
  sourceOwnerOf,
  withContactSecrets,
  withMeansSecrets,
  withPublicationSecrets,
  withRegisteredSecrets,
  withSecrets,
  type RegistryCommand,
  type RegistryEvent,
  type SecretStanding,
} from '@tongsheng/contracts';
import { NoKey, SecretBox } from '@tongsheng/runtime';

/** Secrets are sealed on their way into the log: nothing that is written down can be read without the key. */
@Injectable()
export class Sealing {
  constructor(private readonly box: SecretBox) {}

  /** @throws Refusal secrets_no_key */
  seal(command: RegistryCommand): RegistryCommand {
    try {
      if (command.type === 'channel.register') {
        const { channel, at } = command;
        return { ...command, channel: withSecrets(channel, this.#sealer(channel.channelId, at)) };
      }
      if (command.type === 'site.register' && command.site.publication) {
        const { site, at } = command;
        const publication = withPublicationSecrets(command.site.publication, this.#sealer(secretOwnerOf(site), at));
        return { ...command, site: { ...site, publication } };
      }
      if (command.type === 'contact.register') {
        const { contact, at } = command;
        return { ...command, contact: withContactSecrets(contact, this.#sealer(contactOwnerOf(contact), at)) };
      }
      if (command.type === 'means.register') {
        const { means, at } = command;
        return { ...command, means: withMeansSecrets(means, this.#sealer(meansOwnerOf(means), at)) };
      }
      if (command.type === 'source.register') {
        // Only what calls us is checked with it, so what is sealed may be said again: it is sent nowhere.
        const seal = this.#sealer(sourceOwnerOf(command.source), command.at);
        const sealed = (value: string) => (isSealed(value) ? value : seal(value));
        return { ...command, source: changeSecrets(source, command.source, sealed) };
      }
      return command;
    } catch (error) {
      if (error instanceof NoKey) throw new Refusal('secrets_no_key', error.message);
      throw error;
    }
  }

  /** How each secret of a registration is sealed. */
  standing(event: RegistryEvent): Pick<SecretStanding, 'path' | 'key' | 'state'>[] {
    return secretsOf(event).map(({ value, path, owner }) => ({
      path,
      key: sealingKeyOf(value),
      state: this.box.standing(value, owner),
    }));
  }

  /** What becomes of those of them that stand under no key or an older one, and open. @throws Refusal secrets_no_key */
  renewed(event: RegistryEvent, at: string): { path: string; was: string; now: string }[] {
    if (this.box.newest === null) throw new Refusal('secrets_no_key', 'no key is configured');
    return secretsOf(event)
      .filter(({ value, owner }) => ['older', 'clear'].includes(this.box.standing(value, owner)))
      .map(({ value, path, owner }) => ({ path, was: value, now: this.box.renew(value, owner, at) }));
  }

  #sealer(owner: string, at: string) {
    return (value: string) => (value === keptSecret ? value : this.box.seal(value, owner, at));
  }
}

function secretsOf(event: RegistryEvent): { value: string; path: string; owner: string }[] {
  const found: { value: string; path: string; owner: string }[] = [];
  withRegisteredSecrets(event, (value, path, owner) => {
    found.push({ value, path, owner });
    return value;
  });
  return found;
}
