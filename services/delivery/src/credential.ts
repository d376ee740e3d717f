import { defineAggregate } from '@tongsheng/bus';
import { CredentialCommand, CredentialEvent, Refusal } from '@tongsheng/contracts';

type Credential = { /** The newest secret that the platform gave, sealed. */ renewed: string | null } & (
  | { status: 'unheard' }
  | { status: 'failed'; channelId: string }
  | { status: 'mended'; since: string; channelId: string }
);

/** A login: the platform lets us in, or a person must do something first. One failure is enough. */
export const credential = defineAggregate({
  name: 'credential',
  commands: CredentialCommand,
  events: CredentialEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.credentialId,
  initial: { status: 'unheard', renewed: null } as Credential,

  decide(command, credential): CredentialEvent[] {
    const { credentialId, site, at } = command;
    switch (command.type) {
      case 'credential.fail': {
        const { channelId, channelName, detail, seenAt } = command;
        if (credential.status === 'failed') return [];
        if (credential.status === 'mended' && seenAt <= credential.since) return [];
        return [{ type: 'credential.failed', credentialId, site, channelId, channelName, detail, failedAt: at }];
      }
      case 'credential.mend': {
        if (credential.status === 'unheard')
          throw new Refusal('credential_missing', `nothing is wrong with ${credentialId}`);
        if (credential.status === 'mended') return [];
        const { how, actor } = command;
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        const { channelId } = credential;
        return [{ type: 'credential.mended', credentialId, site, channelId, how, ...by, mendedAt: at }];
      }
      case 'credential.reset_breaker': {
        // What is refused is not opened by looking away: it has to be mended.
        if (credential.status === 'failed')
          throw new Refusal('credential_refused', `${credentialId} is refused by its platform`);
        const { channelId, reason, actor } = command;
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        return [{ type: 'credential.breaker_reset', credentialId, site, channelId, reason, ...by, resetAt: at }];
      }
      case 'credential.renew': {
        const { channelId, field, secret, of, validUntil } = command;
        if (credential.renewed === secret) return [];
        const facts = { channelId, field, secret, of, validUntil };
        return [{ type: 'credential.renewed', credentialId, site, ...facts, renewedAt: at }];
      }
      case 'credential.reseal': {
        const { was, now } = command;
        // What was renewed meanwhile stands under the newest key already.
        if (credential.status === 'unheard' || now === null || credential.renewed !== was) return [];
        const { channelId } = credential;
        return [{ type: 'credential.resealed', credentialId, site, channelId, secret: now, resealedAt: at }];
      }
    }
  },

  evolve(credential, event): Credential {
    switch (event.type) {
      case 'credential.failed':
        return { ...credential, status: 'failed', channelId: event.channelId };
      case 'credential.mended':
        return { ...credential, status: 'mended', since: event.mendedAt, channelId: event.channelId };
      case 'credential.breaker_reset':
        return credential;
      case 'credential.renewed':
        // The platform lets us in: whatever was wrong is over.
        return { status: 'mended', since: event.renewedAt, channelId: event.channelId, renewed: event.secret };
      case 'credential.resealed':
        return { ...credential, renewed: event.secret };
    }
  },
});
