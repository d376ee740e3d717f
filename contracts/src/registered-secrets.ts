import { z } from 'zod';
import { meansOwnerOf, withMeansSecrets } from './alarm-means.ts';
import { changeSecrets } from './channel.ts';
import { withSecrets } from './channels.ts';
import { contactOwnerOf, withContactSecrets } from './duty.ts';
import type { RegistryEvent } from './registry.ts';
import { secretOwnerOf, withPublicationSecrets } from './site-publication.ts';
import { source, sourceOwnerOf } from './source.ts';
import { token } from './words.ts';

/** Registrations that may have secrets in them. */
export const keeperKind = z.enum(['channel', 'site', 'source', 'contact', 'means']);
export type KeeperKind = z.infer<typeof keeperKind>;

/** A registration with each of its secrets changed; `path` names the field, `owner` is under what it is sealed. */
export function withRegisteredSecrets(
  event: RegistryEvent,
  change: (value: string, path: string, owner: string) => string,
): RegistryEvent {
  const of = (owner: string) => (value: string, path: string) => change(value, path, owner);
  if (event.type === 'channel.registered')
    return { ...event, channel: withSecrets(event.channel, of(event.channel.channelId)) };
  if (event.type === 'site.registered' && event.publication)
    return { ...event, publication: withPublicationSecrets(event.publication, of(secretOwnerOf(event))) };
  if (event.type === 'source.registered') return changeSecrets(source, event, of(sourceOwnerOf(event)));
  if (event.type === 'contact.registered') return { ...event, ...withContactSecrets(event, of(contactOwnerOf(event))) };
  if (event.type === 'means.registered')
    return { ...event, means: withMeansSecrets(event.means, of(meansOwnerOf(event.means))) };
  return event;
}

/** How a secret stands in the log. `newest`: under the key that seals now; `older`: under one that only opens; `clear`: of before there was one; `shut`: no key here opens it. */
export const sealState = z.enum(['newest', 'older', 'clear', 'shut']);
export type SealState = z.infer<typeof sealState>;

export const SecretStanding = z.object({
  kind: keeperKind,
  id: token,
  path: z.string(),
  /** The key's id; null where it stands in clear. */
  key: z.string().nullable(),
  state: sealState,
});
export type SecretStanding = z.infer<typeof SecretStanding>;

/** How what a service keeps sealed beside registrations stands, and of what. Never a secret. */
export const SealsStanding = z.object({
  rows: z.array(z.object({ site: token, id: token, state: sealState })),
});
export type SealsStanding = z.infer<typeof SealsStanding>;

/** What the query `secrets` answers; `newest`: the id of the key that seals; null where none is configured. */
export const SecretsStanding = z.object({ newest: z.string().nullable(), rows: z.array(SecretStanding) });
export type SecretsStanding = z.infer<typeof SecretsStanding>;
