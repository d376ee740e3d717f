import { post } from '../api/client.ts';

/** The page that the OpenID provider sends people back to, and where they were before. */
export const returnPath = '/sign-in/oidc';
const kept = 'tongsheng.before-sign-in';
const proofs = 'tongsheng.proof';

/** What the provider sent this window back with, to be taken once. Its address is no page of ours, and forgotten at once. */
let brought: string | null = null;
if (location.pathname === returnPath) {
  brought = location.search.slice(1);
  if (!isForProof(brought)) history.replaceState(null, '', sessionStorage.getItem(kept) ?? '/');
}

export function takeAnswer(): string | null {
  const answer = brought;
  brought = null;
  return answer;
}

/** Sends this window to the provider; it comes back to where it is. */
export async function goToProvider(): Promise<void> {
  const { url } = await post<{ url: string }>('/api/session/oidc/begin', {});
  sessionStorage.setItem(kept, location.pathname + location.search);
  location.assign(url);
}

/** The window that was opened for a proof tells the one that waits for it. */
export function handOn(answer: string): void {
  const channel = new BroadcastChannel(proofs);
  channel.postMessage(answer);
  channel.close();
  window.close();
}

/** Hears what the provider answers to `url`, wherever it is opened; to be ended by what it returns. */
export function hearAnswer(url: string, heard: (answer: string) => void): () => void {
  const state = stateOf(new URL(url).search);
  const channel = new BroadcastChannel(proofs);
  channel.onmessage = ({ data }: MessageEvent<string>) => {
    if (stateOf(data) === state) heard(data);
  };
  return () => channel.close();
}

function stateOf(query: string): string | null {
  return new URLSearchParams(query).get('state');
}
function isForProof(query: string): boolean {
  return stateOf(query)?.startsWith('proof.') === true;
}
