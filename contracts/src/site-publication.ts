import { z } from 'zod';
import { changeSecrets, secretSetAt, type ShownSecret } from './channel.ts';
import { micropubSettings } from './channels/micropub.ts';
import { webhookSettings } from './channels/webhook.ts';
import { wordpressSettings } from './channels/wordpress.ts';
import { siteId } from './words.ts';

/** A system has one caller, whose key it changes in the same minute. */
const siteWebhookSettings = webhookSettings.omit({ previousSecret: true });

/**
 * Every kind of system that puts a site's pages before the public, with its settings, of which the console draws a form:
 * our own portal, WordPress, whatever speaks Micropub, and any other by signed calls (`services/reposts/README.md`).
 */
export const publicationSettings = {
  portal: z.strictObject({}),
  wordpress: wordpressSettings,
  micropub: micropubSettings,
  webhook: siteWebhookSettings,
};

/** Who puts a site's pages before the public. A site that names nobody is our portal's. */
export const sitePublication = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('portal') }),
  z.object({ kind: z.literal('wordpress'), settings: wordpressSettings }),
  z.object({ kind: z.literal('micropub'), settings: micropubSettings }),
  z.object({ kind: z.literal('webhook'), settings: siteWebhookSettings }),
]);
export type SitePublication = z.infer<typeof sitePublication>;

/** Whose secrets they are, under which they are sealed: a site and a channel may have the same name. */
export const secretOwnerOf = ({ siteId }: { siteId: string }): string => `site/${siteId}`;

/** The same with every secret in it changed; `path` names the field. */
export function withPublicationSecrets(
  publication: SitePublication,
  change: (value: string, path: string) => string,
): SitePublication {
  if (publication.kind === 'portal') return publication;
  const settings = changeSecrets(publicationSettings[publication.kind], publication.settings, change);
  return { ...publication, settings } as SitePublication;
}

/** As a screen may see it: a secret is only the moment at which it was set. */
export const shownPublication = z.object({
  kind: z.enum(['portal', 'wordpress', 'micropub', 'webhook']),
  fields: z.record(z.string(), z.unknown()),
});
export type ShownPublication = z.infer<typeof shownPublication>;

export function publicationShown(publication: SitePublication): ShownPublication {
  if (publication.kind === 'portal') return { kind: 'portal', fields: {} };
  const { kind, settings } = publication;
  const shown = (value: string): ShownSecret => ({ secret: true, setAt: secretSetAt(value) });
  return { kind, fields: changeSecrets<Record<string, unknown>>(publicationSettings[kind], settings, shown) };
}

/** Asks whether the system that publishes a site would let us in, as it is registered. */
export const SiteTestQuery = z.object({ siteId });
/** Null: it would. */
export const SiteTest = z.object({ trouble: z.object({ code: z.string(), detail: z.string() }).nullable() });
export type SiteTest = z.infer<typeof SiteTest>;
