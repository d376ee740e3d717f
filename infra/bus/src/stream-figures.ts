import { streams } from '@tongsheng/contracts';
import type { StreamInfo } from 'nats';
import type { Bus } from './connection.ts';
import { replicasBehind, streamBytes, streamLimit, streamMessages } from './figures.ts';

/** How long what the server said of its streams is good for: one scrape asks once. In ms. */
const freshMs = 1_000;

/** Tells the sizes of the installation's streams at every scrape; one service of an installation does it. */
export function tellStreams(bus: Bus): () => void {
  let asked: { at: number; all: Promise<StreamInfo[]> } | null = null;
  const all = () => {
    if (!asked || performance.now() - asked.at > freshMs)
      asked = {
        at: performance.now(),
        all: Promise.all(Object.values(streams).map((name) => bus.jsm.streams.info(name))),
      };
    return asked.all;
  };
  const each = (value: (info: StreamInfo) => number) => async () =>
    (await all()).map((info) => ({ labels: { stream: info.config.name }, value: value(info) }));
  const stops = [
    streamMessages.tell(each(({ state }) => state.messages)),
    streamBytes.tell(each(({ state }) => state.bytes)),
    // -1 means no limit.
    streamLimit.tell(each(({ config }) => (config.max_bytes > 0 ? config.max_bytes : Infinity))),
    replicasBehind.tell(
      each(({ cluster }) => (cluster?.replicas ?? []).filter((peer) => peer.offline || !peer.current).length),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
