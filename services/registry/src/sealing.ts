import { Injectable } from '@nestjs/common';
import {
  contactOwnerOf,
  keptSecret,
  Refusal,
  secretOwnerOf,
  withContactSecrets,
  withPublicationSecrets,
  withSecrets,
  type RegistryCommand,
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
      return command;
    } catch (error) {
      if (error instanceof NoKey) throw new Refusal('secrets_no_key', error.message);
      throw error;
    }
  }

  #sealer(owner: string, at: string) {
    return (value: string) => (value === keptSecret ? value : this.box.seal(value, owner, at));
  }
}
