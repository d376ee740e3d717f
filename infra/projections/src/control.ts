import type { Bus } from '@tongsheng/bus';
import { subjects } from '@tongsheng/contracts';
import { z } from 'zod';

/** How far a projection is, as the process that keeps it knows. */
export const RunnerStatus = z.object({
  name: z.string(),
  position: z.int(),
  /** Messages seen but not applied yet. */
  behind: z.int(),
  /** Share 0–1 of a rebuild beside the running generation; null when none runs. */
  rebuilding: z.number().nullable(),
  /** Which build of it readers see; null before the first. */
  generation: z.string().nullable(),
  parked: z.int(),
});
export type RunnerStatus = z.infer<typeof RunnerStatus>;

type Kept = { readonly status: RunnerStatus; rebuild(): Promise<void> };

/** Tells whoever asks how far a projection is, and builds it again when told to. */
export function answerControl(bus: Bus, kept: Kept, onError: (error: unknown) => void): { stop(): void } {
  const { name } = kept.status;
  const asked = bus.nc.subscribe(subjects.projections(), {
    callback: (error, request) => {
      if (!error) request.respond(JSON.stringify(kept.status));
    },
  });
  const told = bus.nc.subscribe(subjects.rebuild(name), {
    queue: `rebuild-${name}`,
    callback: (error, request) => {
      if (error) return;
      request.respond();
      kept.rebuild().catch(onError);
    },
  });
  return {
    stop() {
      asked.unsubscribe();
      told.unsubscribe();
    },
  };
}

/** Every projection that a running process keeps; one row for each process. Waits `ms` for the last to answer. */
export async function askProjections(bus: Bus, ms = 500): Promise<RunnerStatus[]> {
  const found: RunnerStatus[] = [];
  try {
    const answers = await bus.nc.requestMany(subjects.projections(), undefined, { maxWait: ms, noMux: true });
    for await (const answer of answers) if (answer.data.length > 0) found.push(RunnerStatus.parse(answer.json()));
  } catch (error) {
    if (!isNobody(error)) throw error;
  }
  return found;
}

/** The bus knows that nobody listens. */
const isNobody = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '503';

/** Has a running process build a projection again, beside the running one. */
export async function askRebuild(bus: Bus, name: string): Promise<void> {
  await bus.nc.request(subjects.rebuild(name), undefined, { timeout: 2_000 });
}
