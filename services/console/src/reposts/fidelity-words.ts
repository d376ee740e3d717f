/** Rounded down: 100 says that nothing is missing. */
export const percentOf = (fidelity: number): string => String(Math.floor(fidelity * 1_000) / 10);
