import { parentPort, workerData } from 'node:worker_threads';
import { readFeed, type ReadOptions } from './read.ts';

/** What `apart.ts` starts: reads the one feed that it was given, says what it found, and ends. */
const { bytes, options } = workerData as { bytes: Uint8Array; options: ReadOptions };
parentPort!.postMessage(await readFeed(bytes, options));
