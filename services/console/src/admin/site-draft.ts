import {
  columnKind,
  fieldsOf,
  keptSecret,
  publicationSettings,
  sitePublication,
  type ColumnKind,
  type Site,
  type SiteColumn,
  type SitePublication,
  type SiteRow,
} from '@tongsheng/contracts';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { isRegion } from '../regions.ts';
import type { Language } from '../words/index.ts';

/** A site that is being written: text as it is typed; empty where nothing is said. */
export type SiteDraft = Pick<Site, 'siteId' | 'name' | 'level' | 'baseUrl'> & {
  region: string;
  superior: string;
  /** One county a line: its code and its name. */
  speaksFor: string;
  /** One column a line: its kind, name and address. */
  columns: string;
  /** ISO durations; empty: the usual one. */
  rumorLimit: string;
  incidentLimit: string;
  publication: PublicationDraft;
};

/** Who publishes it: text as it is typed, a list with a line for each. */
export type PublicationDraft = {
  kind: SitePublication['kind'];
  fields: Record<string, string>;
  /** Secrets that are set and were not shown; they stay as they are unless they are typed anew. */
  set: readonly string[];
};

export const blankSite: SiteDraft = {
  siteId: '',
  name: '',
  level: 'city',
  baseUrl: '',
  region: '',
  superior: '',
  speaksFor: '',
  columns: '',
  rumorLimit: '',
  incidentLimit: '',
  publication: { kind: 'portal', fields: {}, set: [] },
};

export const draftOf = (
  {
    siteId,
    name,
    level,
    baseUrl,
    region = '',
    superior = '',
    speaksFor,
    columns = [],
    rumorLimit = '',
    incidentLimit = '',
    publication,
  }: SiteRow,
  language: Language = 'zh',
): SiteDraft => ({
  siteId,
  name,
  level,
  baseUrl,
  region,
  superior,
  speaksFor: speaksFor.map((each) => `${each.region} ${each.name}`).join('\n'),
  columns: columns
    .map(({ kind, name: of, url }) => `${language === 'zh' ? columnWords[kind] : kind} ${of} ${url}`)
    .join('\n'),
  rumorLimit,
  incidentLimit,
  publication: publicationDraftOf(publication),
});

function publicationDraftOf({ kind, fields }: SiteRow['publication']): PublicationDraft {
  const shown = fieldsOf(publicationSettings[kind]);
  const set = shown
    .filter((field) => field.kind === 'secret' && fields[field.name] !== undefined)
    .map(({ name }) => name);
  return {
    kind,
    set,
    fields: Object.fromEntries(shown.map((field) => [field.name, textOf(fields[field.name], field.kind)])),
  };
}

/** A kind that was just chosen, with what stands in its fields at first. */
export const blankPublication = (kind: SitePublication['kind']): PublicationDraft => ({
  kind,
  fields: Object.fromEntries(fieldsOf(publicationSettings[kind]).map(({ name, preset }) => [name, preset])),
  set: [],
});

function textOf(value: unknown, kind: string): string {
  if (kind === 'secret' || value === undefined) return '';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

/** As it would be registered; what is wrong with it, its schema says. */
function publicationOf({ kind, fields, set }: PublicationDraft): unknown {
  if (kind === 'portal') return { kind };
  const settings = fieldsOf(publicationSettings[kind]).flatMap((field): [string, unknown][] => {
    const { name } = field;
    const text = (fields[name] ?? '').trim();
    if (field.kind === 'list') return [[name, linesOf(text)]];
    if (text !== '') return [[name, text]];
    return set.includes(name) ? [[name, keptSecret]] : [];
  });
  return { kind, settings: Object.fromEntries(settings) };
}

export const siteOf = ({
  region,
  superior,
  speaksFor,
  rumorLimit,
  incidentLimit,
  columns,
  publication,
  ...draft
}: SiteDraft): Site => ({
  ...draft,
  name: draft.name.trim(),
  baseUrl: draft.baseUrl.trim(),
  ...(region && { region }),
  ...(superior && { superior }),
  ...(rumorLimit && { rumorLimit }),
  ...(incidentLimit && { incidentLimit }),
  ...(publication.kind !== 'portal' && { publication: sitePublication.parse(publicationOf(publication)) }),
  speaksFor: linesOf(speaksFor).map((line) => countyOf(line)!),
  ...(columns.trim() && { columns: linesOf(columns).map((line) => columnOf(line)!) }),
});

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function countyOf(line: string): { region: string; name: string } | null {
  const [, region, name] = /^(\d{6})[\s,，、]+(.+)$/u.exec(line) ?? [];
  return region && name ? { region, name } : null;
}

/** What a column is for, as it stands at the beginning of its line; in English its own name does. */
const columnWords: Record<ColumnKind, string> = { news: '新闻', notices: '通知', policy: '政策', other: '其他' };

function columnOf(line: string): SiteColumn | null {
  const [, word, name, url] = /^(\S+)[\s,，、]+(.+?)[\s,，、]+(https?:\/\/[^/]\S*)$/u.exec(line) ?? [];
  const kind = columnKind.options.find((each) => each === word || columnWords[each] === word);
  return kind && name && url && URL.canParse(url) ? { kind, name, url } : null;
}

const token = /^[A-Za-z0-9_-]{1,64}$/;

/** Everything that is missing, at once. */
export function problemsOf(draft: SiteDraft, taken: ReadonlySet<string>): FieldProblem[] {
  const found: FieldProblem[] = [];
  const need = (ok: boolean, problem: FieldProblem) => void (ok || found.push(problem));
  const { siteId, name, baseUrl, region, superior, speaksFor, columns } = draft;
  need(name.trim() !== '', { field: 'name', word: 'rules.need.name' });
  need(token.test(siteId) && !taken.has(siteId), { field: 'siteId', word: 'rules.need.siteId' });
  need(/^https?:\/\/[^/]/i.test(baseUrl.trim()) && URL.canParse(baseUrl.trim()), {
    field: 'baseUrl',
    word: 'rules.need.baseUrl',
  });
  need(region === '' || isRegion(region), { field: 'region', word: 'rules.need.region' });
  need(superior === '' || isRegion(superior), { field: 'superior', word: 'rules.need.region' });
  const bad = linesOf(speaksFor).findIndex((line) => countyOf(line) === null);
  need(bad < 0, { field: 'speaksFor', word: 'sites.speaksForBad', values: { n: String(bad + 1) } });
  need(!linesOf(columns).some((line) => columnOf(line) === null), { field: 'columns', word: 'sites.need.columns' });
  const publication = sitePublication.safeParse(publicationOf(draft.publication));
  const wrong = new Set(publication.error?.issues.map(({ path }) => String(path[1])));
  for (const field of wrong)
    need(false, { field: `publication-${field}`, word: `publication.need.${fieldWord(field)}` });
  return found;
}

/** Fields of kinds that mean the same are asked for in the same words. */
function fieldWord(name: string): 'address' | 'secret' | 'pageUrl' | 'username' | 'categories' {
  if (name === 'password' || name === 'token' || name === 'secret') return 'secret';
  return name === 'pageUrl' || name === 'username' || name === 'categories' ? name : 'address';
}
