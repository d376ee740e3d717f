import { Injectable } from '@nestjs/common';
import { keptSecret, Refusal, withSecrets, type RegistryCommand } from '@tongsheng/contracts';
import { NoKey, SecretBox } from '@tongsheng/runtime';

/** Secrets are sealed on their way into the log: nothing that is written down can be read without the key. */
@Injectable()
export class Sealing {
  constructor(private readonly box: SecretBox) {}

  /** @throws Refusal secrets_no_key */
  seal(command: RegistryCommand): RegistryCommand {
    if (command.type !== 'channel.register') return command;
    const { channel, at } = command;
    try {
      const sealed = withSecrets(channel, (value) =>
        value === keptSecret ? value : this.box.seal(value, channel.channelId, at),
      );
      return { ...command, channel: sealed };
    } catch (error) {
      if (error instanceof NoKey) throw new Refusal('secrets_no_key', error.message);
      throw error;
    }
  }
}
