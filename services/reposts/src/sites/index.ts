import type { SitePublication } from '@tongsheng/contracts';
import { micropub } from './micropub.ts';
import { portal } from './portal.ts';
import type { SiteKind } from './site-kind.ts';
import { webhook } from './webhook.ts';
import { wordpress } from './wordpress.ts';

/** Every kind of site; the compiler asks for a new one as soon as its settings are in the contracts. */
export const siteKinds: Record<SitePublication['kind'], SiteKind> = { portal, wordpress, micropub, webhook };
