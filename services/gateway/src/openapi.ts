import { refusalBody, refusalCodes } from '@tongsheng/contracts';
import { z } from 'zod';
import type { Route } from './route.ts';

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const isObject = (schema: z.ZodType | undefined): schema is z.ZodObject => schema instanceof z.ZodObject;

/** OpenAPI 3.1, made from the same table that answers requests. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const parameters = (['path', 'query'] as const).flatMap((place) => {
      const schema = place === 'path' ? route.params : route.query;
      if (!isObject(schema)) return [];
      return Object.entries(schema.shape).map(([name, field]) => ({
        name,
        in: place,
        required: place === 'path' || !field.safeParse(undefined).success,
        schema: schemaOf(field, 'input'),
      }));
    });
    const type = route.mediaType ?? 'application/json';
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = {
      summary: route.says,
      security: route.may === 'public' ? [] : [{ session: [] }, { token: [] }],
      parameters,
      ...(route.body && {
        requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } },
      }),
      ...(route.takesBytes && {
        requestBody: { required: true, content: { 'application/octet-stream': {} } },
      }),
      responses: {
        [route.status ?? 200]: {
          description: 'done',
          content: { [type]: { schema: schemaOf(route.answer, 'output') } },
        },
        default: {
          description: 'refused',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '同声 Tongsheng',
      version: '0.1.0',
      description: `Refusal codes and their status: ${Object.entries(refusalCodes)
        .map(([code, status]) => `${code} ${status}`)
        .join(', ')}. Live changes: GET /api/events (text/event-stream).`,
    },
    paths,
    components: {
      schemas: { Refusal: schemaOf(refusalBody, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'ts_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
