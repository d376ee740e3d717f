import type { SourceKind } from '@tongsheng/contracts';
import { feed } from './feed.ts';
import { list } from './list.ts';
import { publicStream } from './public.ts';
import { sitemap } from './sitemap.ts';
import type { SourceAdapter } from './source.ts';
import { webhook } from './webhook.ts';

const adapters: readonly SourceAdapter[] = [feed, list, sitemap, webhook, publicStream];

/** @throws when there is no adapter of the kind, which registering a source makes impossible. */
export function adapterOf(kind: SourceKind): SourceAdapter {
  const adapter = adapters.find((each) => each.kind === kind);
  if (!adapter) throw new Error(`ingest: no way to read a source of kind "${kind}"`);
  return adapter;
}
