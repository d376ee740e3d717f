import { z } from 'zod';
import { defineCheck, term, type Found } from './check.ts';
import { findWords } from './words.ts';

type Leader = { name: string; position: string; order: number };

/** Names of leaders, what they are, and in which order they are named. */
export const leader = defineCheck({
  kind: 'leader',
  entry: z.object({ name: term, position: term, order: z.coerce.number().int().min(1).max(10_000) }),
  columns: ['name', 'position', 'order'],
  find(text, leaders) {
    const named = findWords(text, leaders, ({ name }) => name);
    return [...wrongPositions(text, leaders, named), ...wrongOrder(text, named), ...wrongNames(text, leaders)];
  },
});

type Named = { start: number; end: number; entry: Leader }[];

/** Another leader's position right before a name, and not its own. */
function wrongPositions(text: string, leaders: readonly Leader[], named: Named): Found[] {
  const positions = [...new Set(leaders.map(({ position }) => position))].sort((a, b) => b.length - a.length);
  return named.flatMap(({ start, end, entry: { name, position } }) => {
    const before = text.slice(0, start).trimEnd();
    const said = positions.find((each) => before.endsWith(each));
    const isOwn = leaders.some((each) => each.name === name && each.position === said);
    if (said === undefined || isOwn) return [];
    const from = before.length - said.length;
    return [{ start: from, end, why: 'position', severity: 'block', suggestion: `${position}${name}` }];
  });
}

/** In one sentence the higher is named first. */
function wrongOrder(text: string, named: Named): Found[] {
  const seen = new Set<string>();
  const found: Found[] = [];
  let before: Named[number] | null = null;
  for (const each of named) {
    if (before && /[。！？；\n]/.test(text.slice(before.end, each.start))) {
      before = null;
      seen.clear();
    }
    if (seen.has(each.entry.name)) continue;
    seen.add(each.entry.name);
    if (before && each.entry.order < before.entry.order) {
      const { start, end, entry } = each;
      found.push({ start, end, why: 'order', severity: 'warn', suggestion: `${entry.name}、${before.entry.name}` });
    } else before = each;
  }
  return found;
}

/** After a position stands a name that begins like its holder's and is not. */
function wrongNames(text: string, leaders: readonly Leader[]): Found[] {
  return findWords(text, leaders, ({ position, name }) => `${position}${name[0]}`).flatMap(({ start, end, entry }) => {
    const at = end - 1;
    const { length } = entry.name;
    const said = /^[\p{sc=Han}·]+/u.exec(text.slice(at, at + length))?.[0] ?? '';
    const holders = leaders.filter(({ position }) => position === entry.position);
    if (said.length < length || leaders.some(({ name }) => text.startsWith(name, at))) return [];
    if (!holders.some(({ name }) => likeness(name, said) >= 2)) return [];
    return [{ start, end: at + said.length, why: 'name', severity: 'block', suggestion: entry.position + entry.name }];
  });
}

/** Characters that two names of the same length share at their places. */
const likeness = (one: string, other: string) => [...one].filter((char, i) => char === other[i]).length;
