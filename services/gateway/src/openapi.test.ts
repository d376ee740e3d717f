import { describe, expect, it } from 'vitest';
import { openApi } from './openapi.ts';
import { commandRoute } from './routes/commands.ts';
import { balanceRoutes } from './routes/balance.ts';
import { complianceRoutes } from './routes/compliance.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { itemRoutes } from './routes/items.ts';
import { inspectionRoutes } from './routes/inspections.ts';
import { recallRoutes } from './routes/recalls.ts';
import { pageLookRoutes } from './routes/page-looks.ts';
import { queueRoutes } from './routes/queue.ts';
import { sessionRoutes } from './routes/session.ts';
import { sourceRoutes } from './routes/sources.ts';
import { calendarRoutes } from './routes/calendar.ts';
import { submissionRoutes } from './routes/submissions.ts';
import { viewRoutes } from './routes/views.ts';

type Operation = {
  summary: string;
  security: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, unknown>;
};

const tools = { settings: { values: { SECURE_COOKIES: false } } } as never;
const routes = [
  ...sessionRoutes(tools),
  ...queueRoutes(tools),
  ...calendarRoutes(tools),
  ...submissionRoutes(tools),
  ...viewRoutes(tools),
  ...balanceRoutes(tools),
  ...complianceRoutes(tools),
  ...evidenceRoutes(tools),
  ...itemRoutes(tools),
  ...pageLookRoutes(tools),
  ...inspectionRoutes(tools),
  ...recallRoutes(tools),
  ...sourceRoutes(tools),
  commandRoute(tools),
];
const document = JSON.parse(JSON.stringify(openApi(routes))) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: object };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('has every door of the table', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations).toHaveLength(routes.length);
    for (const { operation } of operations) expect(operation.summary).toMatch(/\.$/);
  });
  it('declares each parameter of a path, as one that must be there', () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(path).not.toContain(':');
      expect(operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(named);
      for (const each of operation.parameters) if (each.in === 'path') expect(each.required).toBe(true);
    }
  });
  it('leaves out what has a default, and demands what has none', () => {
    const query = (path: string) =>
      Object.fromEntries(
        document.paths[path]!['get']!.parameters.filter((each) => each.in === 'query').map((each) => [
          each.name,
          each.required,
        ]),
      );
    expect(query('/api/reposts')).toMatchObject({
      site: false,
      sort: false,
      limit: false,
      after: false,
      atLeast: false,
    });
    expect(query('/api/compliance/tasks')).toMatchObject({ from: true, to: true, asOf: false, outcome: false });
  });
  it('is open only where one signs in and asks for health, and to whoever has the address of a private calendar', () => {
    const open = operations.filter(({ operation }) => operation.security.length === 0);
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'get /api/calendar/feed.ics',
      'get /api/health',
      'get /api/sign-in',
      'post /api/session',
      'post /api/session/challenge',
      'post /api/session/oidc',
      'post /api/session/oidc/begin',
      'post /api/session/passkey',
      'post /api/session/second',
    ]);
  });
  it('refers only to what is there, and says how every door refuses', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    expect(refs).not.toEqual([]);
    for (const ref of refs) {
      const target = ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
      expect(target).toBeDefined();
    }
    for (const { operation } of operations) expect(operation.responses['default']).toBeDefined();
  });
  it('never shows what a channel or a person hides', () => {
    const answers = operations.map(({ path, operation }) => `${path} ${JSON.stringify(operation.responses)}`);
    for (const answer of answers) expect(answer).not.toMatch(/"(settings|smtp|secret|passwordHash|secretHash)"/);
  });
});
