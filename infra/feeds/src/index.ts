export { readFeedApart, type FeedReadApart } from './apart.ts';
export { readDate, type FeedDate } from './dates.ts';
export type { Feed, FeedEntry, FeedTrouble } from './feed.ts';
export { readFeed, type FeedRead, type ReadOptions } from './read.ts';
export { readingClock } from './reading-clock.ts';
