type Closing = { name: string; close(): Promise<void> };

const closings: Closing[] = [];
let listening = false;
/** How long a process may take to finish what it has begun, in ms. */
const patience = 15_000;

/** Registers what must be closed on SIGTERM or SIGINT; the last opened is closed first, then the process ends. */
export function onShutdown(name: string, close: () => Promise<void>): void {
  closings.push({ name, close });
  if (listening) return;
  listening = true;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown());
}

async function shutDown(): Promise<void> {
  const late = setTimeout(() => process.exit(1), patience);
  late.unref();
  let clean = true;
  for (const { name, close } of closings.reverse()) {
    try {
      await close();
    } catch (error) {
      clean = false;
      process.stderr.write(`${name}: not closed cleanly: ${String(error)}\n`);
    }
  }
  process.exit(clean ? 0 : 1);
}
