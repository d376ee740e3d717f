import { z } from 'zod';
import { itemKind } from './item.ts';
import { duration, line, siteId, sourceId, token } from './words.ts';

/** Where a repost must appear: on the site itself, or on an account of the site. */
export const target = z.enum(['site', 'weibo', 'wechat']);
export type Target = z.infer<typeof target>;

export const priority = z.enum(['high', 'normal', 'low']);
export type Priority = z.infer<typeof priority>;

/**
 * What a source's publisher is to a site (税总发〔2017〕84号 二(五)3: 上级税务网站、同级政府门户网站). It follows from
 * the regions of both; `any` asks for no relation.
 */
export const relation = z.enum([
  'superior_tax',
  'same_level_government',
  'superior_government',
  'state_council',
  'any',
]);
export type Relation = z.infer<typeof relation>;

/** How long what its source took back may stay out, where no policy says otherwise: a preset of ours, no law names one. */
export const usualRetractLimit = 'PT2H';

/** Who must repost what within which limit: an obligation policy 义务规定. Obligations are data, because places differ. */
export const policy = z.object({
  policyId: token,
  name: line,
  /** The clause that it rests on. */
  basis: line,
  publisher: relation,
  /** Narrower, any of each; empty means all. */
  sources: z.array(sourceId).max(500).default([]),
  columns: z.array(line).max(100).default([]),
  kinds: z.array(itemKind).default([]),
  /** Of the sites that it binds. */
  levels: z.array(z.enum(['national', 'province', 'city'])).default([]),
  sites: z.array(siteId).max(1_000).default([]),
  target: target.default('site'),
  limit: duration,
  /** From the withdrawal at the source until nobody can read the repost any more; absent, the usual one. */
  retractLimit: duration.optional(),
  enabled: z.boolean().default(true),
});
export type Policy = z.infer<typeof policy>;

/** People's own word on one site and one source: bound although no policy says so, or free although one does. */
export const override = z.object({
  site: siteId,
  sourceId,
  effect: z.enum(['bound', 'free', 'none']),
  /** Of `bound`. */
  limit: duration.default('PT12H'),
  reason: line,
});
export type Override = z.infer<typeof override>;
