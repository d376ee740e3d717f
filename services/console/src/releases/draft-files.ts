import { picturesOf, textsOf, type DraftInProgress, type ReleaseFile } from '@tongsheng/contracts';

/**
 * A draft with just the files that it needs: every picture that a text shows and that is known, no picture that was brought
 * for a text and is shown by none any more, and all else.
 */
export function withFiles(
  draft: DraftInProgress,
  known: ReadonlyMap<string, ReleaseFile>,
  forText: ReadonlySet<string>,
): DraftInProgress {
  const shown = new Set(textsOf(draft).flatMap(picturesOf));
  const kept = draft.files.filter(({ hash }) => shown.has(hash) || !forText.has(hash));
  const has = new Set(kept.map(({ hash }) => hash));
  const added = [...shown].filter((hash) => !has.has(hash)).flatMap((hash) => known.get(hash) ?? []);
  if (added.length === 0 && kept.length === draft.files.length) return draft;
  return { ...draft, files: [...kept, ...added] };
}

/** As it is saved: what is empty is not there. */
export function toSave(draft: DraftInProgress): DraftInProgress {
  const variants = Object.entries(draft.variants).map(([channelId, own]) => {
    const { title, ...rest } = own;
    return [channelId, title?.trim() ? own : rest] as const;
  });
  return {
    ...draft,
    documentNumber: draft.documentNumber?.trim() || null,
    variants: Object.fromEntries(variants.filter(([, own]) => Object.keys(own).length > 0)),
  };
}
