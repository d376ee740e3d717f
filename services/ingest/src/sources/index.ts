import type { Source } from '@tongsheng/contracts';
import { feed } from './feed.ts';
import type { Look, LookOptions, SourceAdapter } from './source.ts';

export type { Marks } from './source.ts';

const adapters: readonly SourceAdapter[] = [feed];

export function readSource(source: Source, options: LookOptions): Promise<Look> {
  const adapter = adapters.find(({ kind }) => kind === source.kind);
  if (!adapter) throw new Error(`ingest: no way to read a source of kind "${source.kind}" (${source.sourceId})`);
  return adapter.look(source, options);
}
