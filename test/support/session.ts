import { Me } from '@tongsheng/contracts';
import { demoPassword } from '@tongsheng/local';

export type Answer = { status: number; body: unknown };

/** The API as a signed-in person uses it. */
export type Session = {
  me: Me;
  cookie: string;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  command(command: Record<string, unknown>, key?: string): Promise<Answer>;
};

export async function signIn(consoleUrl: string, personId: string, password = demoPassword): Promise<Session> {
  const response = await fetch(`${consoleUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personId, password }),
  });
  if (!response.ok) throw new Error(`sign-in of ${personId}: ${response.status} ${await response.text()}`);
  const me = Me.parse(await response.json());
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(`${consoleUrl}${path}`, { ...init, headers: { cookie, ...init.headers } });
    const text = await answer.text();
    return {
      status: answer.status,
      body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrfToken, ...headers },
      body: JSON.stringify(body),
    });
  return {
    me,
    cookie,
    get: (path) => ask(path),
    post,
    command: (command, key = crypto.randomUUID()) => post('/api/commands', command, { 'idempotency-key': key }),
  };
}
