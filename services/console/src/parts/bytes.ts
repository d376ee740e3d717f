/** `12.4 KB`: for people, so in steps of a thousand. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [divisor, unit] = bytes < 1_000_000 ? [1_000, 'KB'] : [1_000_000, 'MB'];
  const value = bytes / divisor;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
