import { z } from 'zod';

/** Our own portal, which reads the PUBLIC stream. */
const portal = z.object({ kind: z.literal('portal') });

/** Who puts a site's pages before the public; the settings are the kind's own. A site that names nobody is our portal's. */
export const sitePublication = z.discriminatedUnion('kind', [portal]);
export type SitePublication = z.infer<typeof sitePublication>;
