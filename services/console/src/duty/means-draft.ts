import {
  alarmMeans,
  alarmMeansKinds,
  fieldsOf,
  type AlarmMeansKind,
  type AlarmMeansRow,
  type SettingsField,
} from '@tongsheng/contracts';
import { settingsOf, textsOf } from '../channels/channel-draft.ts';

/** A means of alarm while it is written: every field as text; `set` are the secrets that are registered and not shown. */
export type MeansDraft = {
  site: string;
  kind: AlarmMeansKind;
  name: string;
  disabled: boolean;
  fields: Record<string, string>;
  set: readonly string[];
};

export const fieldsOfMeans = (kind: AlarmMeansKind): SettingsField[] => fieldsOf(alarmMeansKinds[kind]);

export const blankMeans = (kind: AlarmMeansKind, site: string, name = ''): MeansDraft => ({
  site,
  kind,
  name,
  disabled: false,
  fields: Object.fromEntries(fieldsOfMeans(kind).map((field) => [field.name, field.preset])),
  set: [],
});

export const draftOfMeans = ({ site, kind, name, disabled, settings }: AlarmMeansRow): MeansDraft => ({
  site,
  kind,
  name,
  disabled,
  ...textsOf(fieldsOfMeans(kind), settings),
});

/** As it would be registered. */
export function meansOfDraft({ site, kind, name, disabled, ...texts }: MeansDraft): unknown {
  return { site, kind, name: name.trim(), disabled, settings: settingsOf(fieldsOfMeans(kind), texts) };
}

/** The fields that are wrong or missing; the schema says which. */
export function wrongFieldsOf(draft: MeansDraft): string[] {
  const issues = alarmMeans.safeParse(meansOfDraft(draft)).error?.issues ?? [];
  return [...new Set(issues.map(({ path }) => String(path[0] === 'settings' ? path[1] : (path[0] ?? 'name'))))];
}
