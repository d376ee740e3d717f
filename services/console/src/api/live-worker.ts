/// <reference lib="webworker" />
// Holds the one event stream of this browser and tells every tab: over HTTP/1.1 seven streams would block all requests.
import { openStream, type FromStream } from './stream.ts';

declare const self: SharedWorkerGlobalScope;

const tabs = new Set<MessagePort>();
let close: (() => void) | null = null;
let whose = '';
let state: FromStream | null = null;

function tell(message: FromStream): void {
  if (message.kind === 'state') state = message;
  for (const tab of tabs) tab.postMessage(message);
}

self.onconnect = ({ ports: [tab] }) => {
  if (!tab) return;
  tab.onmessage = ({ data }: MessageEvent<{ kind: 'open'; session: string } | { kind: 'leave' }>) => {
    if (data.kind === 'leave') {
      tabs.delete(tab);
      return;
    }
    tabs.add(tab);
    if (data.session !== whose || close === null) {
      close?.();
      whose = data.session;
      close = openStream(tell);
    } else if (state) tab.postMessage(state);
  };
};
