export { defineProjection, type Change, type ChangedRow, type Projection } from './projection.ts';
export { foldBatch, foldRows, missedBy } from './batch.ts';
export { encodeChanges } from './changes.ts';
export { ProjectionReader, watchChanges, type Range, type SheetsRead, type Watch } from './reader.ts';
export { askProjections, askRebuild, type RunnerStatus } from './control.ts';
export { ProjectionRunner, type RunnerOptions } from './runner.ts';
export { createRedis, type Redis } from './store.ts';
export { memoryTroubles } from './memory.ts';
export { buildPast, dropPast, holdPasts, type PastOptions } from './past.ts';
