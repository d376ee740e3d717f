import { z } from 'zod';
import { leader } from './checks/leader.ts';
import { sensitive } from './checks/sensitive.ts';
import { severity, type Found } from './checks/check.ts';
import { typo } from './checks/typo.ts';
import type { Draft } from './release.ts';
import { line, token } from './words.ts';

/** Every kind of check: its file in `checks/` and its line here. */
const kinds = [sensitive, typo, leader] as const;

type Shapes<T extends readonly { shape: z.ZodObject }[]> = { -readonly [I in keyof T]: T[I]['shape'] };
const shapes = kinds.map(({ shape }) => shape) as unknown as Shapes<typeof kinds>;

/** What drafts of a site, or of all of them, are looked through for. */
export const checklist = z.discriminatedUnion('kind', shapes);
export type Checklist = z.infer<typeof checklist>;
export type CheckKind = Checklist['kind'];

type CheckDescription = {
  columns: readonly string[];
  entry: z.ZodObject;
  find(text: string, entries: Checklist['entries']): Found[];
};
/** What is known of each kind. */
export const checkKinds = Object.fromEntries(kinds.map((kind) => [kind.kind, kind])) as unknown as Record<
  CheckKind,
  CheckDescription
>;
export const checkKind = z.enum(Object.keys(checkKinds) as [CheckKind, ...CheckKind[]]);

/** A list, as drafts are looked through from now on. */
export const ChecklistRegistered = z.object({ type: z.literal('checklist.registered'), checklist });
export type ChecklistRegistered = z.infer<typeof ChecklistRegistered>;

/** `title`, `summary`, `body`, `claim`, or the same of a variant: `variant/<channel>/title`. */
const field = z.string().max(100);

/** A passage that a list speaks of, in place: offsets count UTF-16 units of the field's text. */
export const textFinding = z.object({
  kind: checkKind,
  listId: token,
  listName: line,
  field,
  start: z.int(),
  end: z.int(),
  found: z.string(),
  /** What stands around it. */
  before: z.string(),
  after: z.string(),
  why: z.string(),
  severity,
  suggestion: z.string(),
});
export type TextFinding = z.infer<typeof textFinding>;

/** What was found to be forbidden and why it went on all the same. */
export const waivedFindings = z.object({
  reason: line,
  findings: z.array(z.object({ listId: token, field, found: z.string().max(200) })).max(200),
});

/** A draft's texts, each under its field. `textOf`: the visible text of HTML, one line a block. */
export function checkedTexts(
  { title, summary, html, rumor, variants }: Draft,
  textOf: (html: string) => string,
): { field: string; text: string }[] {
  const own = { title, summary, body: textOf(html), claim: rumor?.claim ?? '' };
  const others = Object.entries(variants).flatMap(([channelId, variant]) =>
    Object.entries({
      title: variant.title,
      summary: variant.summary,
      body: variant.html && textOf(variant.html),
    }).map(([name, text]) => ({ field: `variant/${channelId}/${name}`, text: text ?? '' })),
  );
  return [...Object.entries(own).map(([name, text]) => ({ field: name, text })), ...others].filter(
    ({ text }) => text !== '',
  );
}

const around = 20;

/** What the lists of a site say of some texts, in the order of the texts. */
export function check(
  texts: readonly { field: string; text: string }[],
  lists: readonly Checklist[],
  site: string,
): TextFinding[] {
  const speaking = lists.filter((each) => each.enabled && (each.site === '*' || each.site === site));
  return texts.flatMap(({ field: name, text }) =>
    speaking
      .flatMap((list) =>
        checkKinds[list.kind].find(text, list.entries).map((each) => ({
          kind: list.kind,
          listId: list.listId,
          listName: list.name,
          field: name,
          ...each,
          found: text.slice(each.start, each.end),
          before: text
            .slice(Math.max(0, each.start - around), each.start)
            .split('\n')
            .at(-1)!,
          after: text.slice(each.end, each.end + around).split('\n')[0]!,
        })),
      )
      .sort((a, b) => a.start - b.start),
  );
}
