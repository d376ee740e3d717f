// The public of a day, in a process of its own: so many requests a second, however long the answers take. Told by its parent
// how many, and of what; says what it saw.
import { Agent, request } from 'undici';

export type ReadersTold = { portalUrl: string; perSecond: number; paths: string[] } | 'figures';
/** Since the last time: latencies in ms from the moment that was meant, and what was no answer. */
export type ReadersSaid = { times: number[]; failed: number };

const tickMs = 20;
/** Requests under way at most: a crowd that waits this long is counted as failed. */
const most = 5_000;
let figures: ReadersSaid = { times: [], failed: 0 };
let timer: NodeJS.Timeout | null = null;

function read({ portalUrl, perSecond, paths }: Exclude<ReadersTold, 'figures'>): void {
  if (timer) clearInterval(timer);
  const agent = new Agent({ connections: 64 });
  const begun = performance.now();
  let asked = 0;
  let underway = 0;
  const ask = async (path: string, meant: number): Promise<void> => {
    if (underway >= most) return void figures.failed++;
    underway++;
    try {
      const { statusCode, body } = await request(`${portalUrl}${path}`, { dispatcher: agent });
      await body.dump();
      if (statusCode >= 500) figures.failed++;
      else figures.times.push(performance.now() - meant);
    } catch {
      figures.failed++;
    }
    underway--;
  };
  timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond);
    for (; asked < due; asked++) void ask(paths[asked % paths.length]!, begun + (asked * 1_000) / perSecond);
  }, tickMs);
}

if (process.send) {
  process.on('message', (told: ReadersTold) => {
    if (told !== 'figures') return read(told);
    process.send!(figures);
    figures = { times: [], failed: 0 };
  });
  process.on('disconnect', () => process.exit());
}
