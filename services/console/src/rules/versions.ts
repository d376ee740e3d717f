/** What differs between two registrations of the same thing. */
export type Change = { field: string; before: unknown; after: unknown };

/** Names that don't change, or are told otherwise. */
const untold = new Set(['type', 'policyId', 'ruleId', 'siteId', 'sourceId', 'site']);

/** A default that was not spelled out in an older entry is no change. */
const nothing = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

export function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): Change[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].flatMap((field) => {
    const [was, is] = [before[field], after[field]];
    if (untold.has(field) || (nothing(was) && nothing(is)) || textOf(was) === textOf(is)) return [];
    return [{ field, before: was, after: is }];
  });
}

/** As text with sorted keys, so that the order of writing is no difference. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
