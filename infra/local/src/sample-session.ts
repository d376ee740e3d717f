import { setTimeout as wait } from 'node:timers/promises';
import { demoPassword } from './seed.ts';

/** Somebody of the sample newsroom, signed in at the door like any other. */
export type SampleSession = {
  /** Waits for what was said a moment ago and is not among what can be read yet. */
  read: (path: string) => Promise<unknown>;
  /** Under this key it is carried out once, however often the system starts. */
  say: (key: string, command: Record<string, unknown>) => Promise<void>;
};

/** People and services are there a moment after the door is; more wrong sign-ins than these would lock it. */
const tries = { most: 6, everyMs: 1_000 };
const looks = { most: 40, everyMs: 250 };

/**
 * Does something as a person of the sample newsroom, as soon as that is possible.
 * @throws what stood in the way at the last try
 */
export async function asSample(
  consoleUrl: string,
  personId: string,
  act: (session: SampleSession) => Promise<void>,
): Promise<void> {
  for (let n = 1; ; n++) {
    try {
      return await act(await signIn(consoleUrl, personId));
    } catch (error) {
      if (n === tries.most) throw error;
      await wait(tries.everyMs);
    }
  }
}

/** @throws Error with the answer, where a person would be told no */
export async function signIn(consoleUrl: string, personId: string): Promise<SampleSession> {
  const ask = async (path: string, init: RequestInit = {}, mostLooks = 1): Promise<Response> => {
    const answer = await fetch(`${consoleUrl}${path}`, init);
    if (answer.status === 404 && mostLooks > 1) {
      await wait(looks.everyMs);
      return ask(path, init, mostLooks - 1);
    }
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const json = { 'content-type': 'application/json' };
  const person = JSON.stringify({ personId, password: demoPassword });
  const session = await ask('/api/session', { method: 'POST', headers: json, body: person });
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  const cookie = session.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return {
    read: async (path) => (await ask(path, { headers: { cookie } }, looks.most)).json(),
    async say(key, command) {
      const headers = { ...json, cookie, 'x-csrf-token': csrfToken, 'idempotency-key': key };
      await ask('/api/commands', { method: 'POST', headers, body: JSON.stringify(command) });
    },
  };
}
