import { picturesOf, textsOf, type DraftInProgress, type ReleaseFile } from '@tongsheng/contracts';
import { diffArrays } from 'diff';

/** A stretch of a text after two people changed it: settled, or with two versions of which one must be chosen. */
export type Stretch = { settled: string[] } | { base: string[]; mine: string[]; theirs: string[] };

/** Where both changed the same place, differently. */
export type Conflict = {
  id: string;
  /** `title`, `html`, `variants.<channel>.summary` … */
  field: string;
  isHtml: boolean;
  base: string;
  mine: string;
  theirs: string;
};

/** What becomes of a conflict; `both` puts mine before theirs, and is for blocks of a text alone. */
export type Choice = 'mine' | 'theirs' | 'both';

export type Merge = {
  conflicts: Conflict[];
  /** How many places were taken from the other person without a question. */
  taken: number;
  /** The draft with these choices; what is not chosen keeps both where it can, and mine where it can't. */
  draft(choices: Readonly<Record<string, Choice>>): DraftInProgress;
};

/** Three versions of a sequence in one: what only one side changed is settled by it. Nothing of either side is left out. */
export function mergeBlocks(base: readonly string[], mine: readonly string[], theirs: readonly string[]): Stretch[] {
  const [inMine, inTheirs] = [matches(base, mine), matches(base, theirs)];
  const stretches: Stretch[] = [];
  let [b, m, t] = [0, 0, 0];
  const close = (toBase: number, toMine: number, toTheirs: number) => {
    const parts = [base.slice(b, toBase), mine.slice(m, toMine), theirs.slice(t, toTheirs)] as const;
    stretches.push(...between(...parts));
    [b, m, t] = [toBase, toMine, toTheirs];
  };
  for (const [i, block] of base.entries()) {
    const [mineAt, theirsAt] = [inMine[i], inTheirs[i]];
    if (mineAt === undefined || theirsAt === undefined) continue;
    close(i, mineAt, theirsAt);
    stretches.push({ settled: [block] });
    [b, m, t] = [i + 1, mineAt + 1, theirsAt + 1];
  }
  close(base.length, mine.length, theirs.length);
  return stretches;
}

function between(base: string[], mine: string[], theirs: string[]): Stretch[] {
  if (isSame(mine, theirs)) return mine.length === 0 ? [] : [{ settled: mine }];
  if (isSame(mine, base)) return theirs.length === 0 ? [] : [{ settled: theirs }];
  if (isSame(theirs, base)) return mine.length === 0 ? [] : [{ settled: mine }];
  return [{ base, mine, theirs }];
}

/** Where each block of one version stands in the other, in order; undefined where it is not there. */
function matches(base: readonly string[], other: readonly string[]): (number | undefined)[] {
  const found: (number | undefined)[] = [];
  let at = 0;
  for (const { added, removed, value } of diffArrays([...base], [...other])) {
    if (added) at += value.length;
    else for (const _ of value) found.push(removed ? undefined : at++);
  }
  return found;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

type Place = Record<string, unknown>;
type Variants = DraftInProgress['variants'];

/**
 * Two people's drafts that began from the same one. `blocksOf` splits the HTML of a text into its blocks; joined again they
 * are the text.
 */
export function mergeDrafts(
  base: DraftInProgress,
  mine: DraftInProgress,
  theirs: DraftInProgress,
  blocksOf: (html: string) => string[],
): Merge {
  const conflicts: Conflict[] = [];
  const made: ((draft: Place, choices: Readonly<Record<string, Choice>>) => void)[] = [];
  let taken = 0;

  const value = (path: string[]) => {
    const [was, my, their] = [base, mine, theirs].map((draft) => at(draft, path));
    const field = path.join('.');
    if (isSame(my, their) || isSame(their, was)) return made.push((draft) => put(draft, path, my));
    if (isSame(my, was)) {
      taken++;
      return made.push((draft) => put(draft, path, their));
    }
    conflicts.push({ id: field, field, isHtml: false, base: said(was), mine: said(my), theirs: said(their) });
    return made.push((draft, choices) => put(draft, path, choices[field] === 'theirs' ? their : my));
  };

  const text = (path: string[]) => {
    const [was, my, their] = [base, mine, theirs].map((draft) => at(draft, path));
    if (typeof was !== 'string' || typeof my !== 'string' || typeof their !== 'string') return value(path);
    if (isSame(my, their) || isSame(their, was)) return made.push((draft) => put(draft, path, my));
    if (isSame(my, was)) {
      taken++;
      return made.push((draft) => put(draft, path, their));
    }
    const field = path.join('.');
    const stretches = mergeBlocks(blocksOf(was), blocksOf(my), blocksOf(their));
    const myBlocks = new Set(blocksOf(my));
    taken += stretches.filter((each) => 'settled' in each && each.settled.some((block) => !myBlocks.has(block))).length;
    const ids = stretches.map((each, i) => {
      if ('settled' in each) return '';
      const id = `${field}#${i}`;
      const [one, other, third] = [each.base, each.mine, each.theirs].map((blocks) => blocks.join(''));
      conflicts.push({ id, field, isHtml: true, base: one!, mine: other!, theirs: third! });
      return id;
    });
    return made.push((draft, choices) => {
      const chosen = stretches.flatMap((each, i) => {
        if ('settled' in each) return each.settled;
        const choice = choices[ids[i]!] ?? 'both';
        return [...(choice === 'theirs' ? [] : each.mine), ...(choice === 'mine' ? [] : each.theirs)];
      });
      put(draft, path, chosen.join(''));
    });
  };

  const apart = new Set(['html', 'channels', 'files', 'variants', 'rumor']);
  for (const name of Object.keys({ ...base, ...theirs, ...mine })) if (!apart.has(name)) value([name]);
  text(['html']);
  for (const name of Object.keys({ ...base.rumor, ...theirs.rumor, ...mine.rumor })) value(['rumor', name]);
  for (const channelId of Object.keys({ ...base.variants, ...theirs.variants, ...mine.variants })) {
    for (const name of ['title', 'summary', 'cover']) value(['variants', channelId, name]);
    text(['variants', channelId, 'html']);
  }

  return {
    conflicts,
    taken,
    draft(choices) {
      const merged: Place = { ...mine, rumor: mine.rumor && { ...mine.rumor }, variants: {} };
      for (const make of made) make(merged, choices);
      const draft = merged as DraftInProgress;
      draft.channels = mergeSets(base.channels, mine.channels, theirs.channels);
      draft.files = filesFor(draft, base.files, mine.files, theirs.files);
      draft.variants = withoutEmpty(draft.variants);
      return draft;
    },
  };
}

/** What either added is in, what either took out is out. */
export function mergeSets<T>(base: readonly T[], mine: readonly T[], theirs: readonly T[]): T[] {
  const gone = base.filter((each) => !mine.includes(each) || !theirs.includes(each));
  return [...new Set([...mine, ...theirs])].filter((each) => !gone.includes(each));
}

/** Attachments as a set; and every picture that is shown in the end, whoever took it out elsewhere. */
function filesFor(
  draft: DraftInProgress,
  base: readonly ReleaseFile[],
  mine: readonly ReleaseFile[],
  theirs: readonly ReleaseFile[],
): ReleaseFile[] {
  const all = new Map([...base, ...theirs, ...mine].map((file) => [file.hash, file]));
  const hashes = (files: readonly ReleaseFile[]) => files.map(({ hash }) => hash);
  const kept = mergeSets(hashes(base), hashes(mine), hashes(theirs));
  const shown = textsOf(draft).flatMap(picturesOf);
  return [...new Set([...kept, ...shown])].flatMap((hash) => all.get(hash) ?? []);
}

const withoutEmpty = (variants: Variants): Variants =>
  Object.fromEntries(
    Object.entries(variants)
      .map(([channelId, own]) => [channelId, withoutUndefined(own)] as const)
      .filter(([, own]) => Object.keys(own).length > 0),
  );

const withoutUndefined = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;

const at = (from: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, name) => (isPlace(found) ? found[name] : undefined), from);

function put(draft: Place, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    draft[name] = value;
    return;
  }
  const inner = draft[name];
  if (isPlace(inner)) return put(inner, rest, value);
  // Of a rumor that this draft has none of, nothing is kept; a channel's own words begin with the first of them.
  if (name === 'rumor' || value === undefined) return;
  draft[name] = {};
  put(draft[name] as Place, rest, value);
}

const isPlace = (value: unknown): value is Place => typeof value === 'object' && value !== null;

/** A value as it stands beside another: of a file its name. */
function said(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return isPlace(value) && typeof value['name'] === 'string' ? value['name'] : JSON.stringify(value);
}
