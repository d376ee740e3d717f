import { BadConfig } from './bad-config.ts';

/** Starts a process; what stops it from starting is one plain sentence and exit code 1. */
export function run(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    const plain = error instanceof BadConfig || (error instanceof Error && error.constructor.name === 'UnfitServer');
    process.stderr.write(
      `${plain ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  });
}
