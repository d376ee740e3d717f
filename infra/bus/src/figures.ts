import { Counter, Histogram, LiveGauge, upToMinute } from '@tongsheng/telemetry';

/** What the bus counts for whoever runs it; the names are what dashboards and alerts ask for. */

export const appends = new Counter({
  name: 'tongsheng_log_appends_total',
  help: 'Decisions that were appended to the log, or were not because somebody else was faster (stale) or it failed',
  labelNames: ['service', 'aggregate', 'outcome'],
});

export const appendSeconds = new Histogram({
  name: 'tongsheng_log_append_seconds',
  help: 'From a decision to the log’s acknowledgement',
  labelNames: ['service'],
  buckets: upToMinute,
});

export const requests = new Counter({
  name: 'tongsheng_requests_total',
  help: 'Commands and queries that a service answered: ok, refused by a rule, failed',
  labelNames: ['service', 'subject', 'outcome'],
});

export const requestSeconds = new Histogram({
  name: 'tongsheng_request_seconds',
  help: 'From a command or query to its answer, in the service that answers',
  labelNames: ['service'],
  buckets: upToMinute,
});

export const reactions = new Counter({
  name: 'tongsheng_reactions_total',
  help: 'Events handled by reactions: done, put off (later), failed and tried again, dead after the last try',
  labelNames: ['service', 'consumer', 'outcome'],
});

export const reactionDelay = new Histogram({
  name: 'tongsheng_reaction_delay_seconds',
  help: 'From an event’s being stored to the end of the reaction to it',
  labelNames: ['service'],
  buckets: upToMinute,
});

export const pending = new LiveGauge({
  name: 'tongsheng_follower_pending_entries',
  help: 'Entries of a stream that a follower or a reaction has not been handed, or has not finished',
  labels: ['service', 'stream', 'follower'],
});

export const connected = new LiveGauge({
  name: 'tongsheng_bus_connected',
  help: '1 while the process is connected to the bus',
  labels: ['service'],
});

export const streamMessages = new LiveGauge({
  name: 'tongsheng_stream_messages',
  help: 'Messages in a stream',
  labels: ['stream'],
});

export const streamBytes = new LiveGauge({
  name: 'tongsheng_stream_bytes',
  help: 'Bytes that a stream holds',
  labels: ['stream'],
});

export const streamLimit = new LiveGauge({
  name: 'tongsheng_stream_limit_bytes',
  help: 'The size fuse of a stream: at it, nothing more is taken',
  labels: ['stream'],
});

export const replicasBehind = new LiveGauge({
  name: 'tongsheng_stream_replicas_behind',
  help: 'Replicas of a stream that are offline or not up to date; 0 on a single server',
  labels: ['stream'],
});
