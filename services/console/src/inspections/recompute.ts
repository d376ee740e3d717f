/** SHA-256 in the browser; null where the browser keeps it for encrypted pages. */
async function sha256(text: string): Promise<string | null> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return null;
  const bytes = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('');
}

/** Repeats a draw on this machine, by the procedure that is published. @returns null where this browser can't. */
export async function recompute(
  quarter: string,
  siteIds: readonly string[],
  publicValue: string,
  count: number,
): Promise<{ listHash: string; seed: string; chosen: string[] } | null> {
  const byBytes = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  const listHash = await sha256(
    siteIds
      .toSorted(byBytes)
      .map((id) => `${id}\n`)
      .join(''),
  );
  if (listHash === null) return null;
  const seed = (await sha256(`${quarter}|${listHash}|${publicValue}`))!;
  const hashed = await Promise.all(siteIds.map(async (id) => `${await sha256(`${seed}|${id}`)} ${id}`));
  return {
    listHash,
    seed,
    chosen: hashed
      .sort(byBytes)
      .slice(0, count)
      .map((line) => line.slice(65)),
  };
}
