import {
  channelKinds,
  channel as channelSchema,
  fieldsOf,
  keptSecret,
  type Channel,
  type ChannelDetail,
  type SettingsField,
} from '@tongsheng/contracts';

/** A channel while it is written: every field as text; `set` are the secrets that are registered and not shown. */
export type ChannelDraft = {
  channelId: string;
  name: string;
  site: string;
  kind: Channel['kind'];
  fields: Record<string, string>;
  set: readonly string[];
};

export type DraftProblem = { field: string; message: string };

export const kindsOfChannel = Object.keys(channelKinds) as Channel['kind'][];
export const fieldsOfKind = (kind: Channel['kind']) => fieldsOf(channelKinds[kind].settings);

export const blankChannel = (kind: Channel['kind'], site: string): ChannelDraft => ({
  channelId: '',
  name: '',
  site,
  kind,
  fields: Object.fromEntries(fieldsOfKind(kind).map(({ name, preset }) => [name, preset])),
  set: [],
});

type Shown = ChannelDetail['channel'];
const isKind = (kind: string): kind is Channel['kind'] => Object.hasOwn(channelKinds, kind);

/** Null for a kind that this console does not know. */
export function draftOf({ channelId, name, site, kind, settings }: Shown): ChannelDraft | null {
  if (!isKind(kind)) return null;
  return { channelId, name, site, kind, ...textsOf(fieldsOfKind(kind), settings) };
}

/** Settings as a screen knows them, as the texts of a form. */
export function textsOf(
  fields: readonly SettingsField[],
  settings: Record<string, unknown>,
): { fields: Record<string, string>; set: string[] } {
  const textOf = (value: unknown) => (Array.isArray(value) ? value.join('\n') : String(value ?? ''));
  return {
    fields: Object.fromEntries(
      fields.map((field) => [field.name, field.kind === 'secret' ? '' : textOf(settings[field.name])]),
    ),
    set: fields
      .filter(({ name: of, kind: how }) => how === 'secret' && settings[of] !== undefined)
      .map((each) => each.name),
  };
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** As it would be registered: a secret that was not written anew stays as it is. */
export function registrationOf(draft: ChannelDraft, rest: { paused?: boolean; limits?: unknown }): unknown {
  const { channelId, name, site, kind } = draft;
  return { channelId, name: name.trim(), site, kind, ...rest, settings: settingsOf(fieldsOfKind(kind), draft) };
}

/** The texts of a form, as settings; a secret that was not written anew stays as it is. */
export function settingsOf(
  of: readonly SettingsField[],
  { fields, set }: Pick<ChannelDraft, 'fields' | 'set'>,
): Record<string, unknown> {
  const settings = of.flatMap((field): [string, unknown][] => {
    const text = (fields[field.name] ?? '').trim();
    if (field.kind === 'list') return text === '' && !field.needed ? [] : [[field.name, linesOf(text)]];
    if (text !== '') return [[field.name, text]];
    return set.includes(field.name) ? [[field.name, keptSecret]] : [];
  });
  return Object.fromEntries(settings);
}

/** Everything that is wrong with it, at once; the schema says what. */
export function problemsOf(draft: ChannelDraft, taken: ReadonlySet<string>): DraftProblem[] {
  const found = channelSchema.safeParse(registrationOf(draft, {}));
  const problems = (found.error?.issues ?? []).map(({ path, message }) => ({
    field: path[0] === 'settings' ? String(path[1]) : String(path[0] ?? 'name'),
    message,
  }));
  if (taken.has(draft.channelId)) problems.push({ field: 'channelId', message: draft.channelId });
  return problems.filter(({ field }, i) => problems.findIndex((each) => each.field === field) === i);
}
