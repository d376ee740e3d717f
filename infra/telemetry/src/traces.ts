import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';

/** What happens inside, what is answered, what is asked of others, what is said to the bus, what is heard from it. */
type Kind = 'inside' | 'server' | 'client' | 'producer' | 'consumer';

export type Step = {
  /** Whose step it is: a service's name. */
  service: string;
  name: string;
  kind?: Kind;
  /** W3C `traceparent` of what it goes on from; without one, and outside of any other step, a trace begins here. */
  parent?: string | undefined;
  /** What it also has to do with, without going on from it. */
  also?: string | undefined;
  attributes?: Record<string, string | number>;
};

const kinds: Record<Kind, SpanKind> = {
  inside: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

let tracerOf: ((service: string) => Tracer) | null = null;

/** Whether steps are written down at all. Where they are not, nothing else of this costs anything. */
export const isTracing = (): boolean => tracerOf !== null;

/**
 * From now on steps are sent to a collector (OTLP over HTTP). What does it is only loaded here.
 * @param endpoint its base address, as in OTEL_EXPORTER_OTLP_ENDPOINT
 * @returns what sends the last of them
 */
export async function startTracing(endpoint: string): Promise<() => Promise<void>> {
  const [{ AsyncLocalStorageContextManager }, { OTLPTraceExporter }, { resourceFromAttributes }, sdk] =
    await Promise.all([
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
    ]);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const processor = new sdk.BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url }),
    scheduledDelayMillis: 1_000,
  });
  const tracers = new Map<string, Tracer>();
  tracerOf = (service) => {
    const known = tracers.get(service);
    if (known) return known;
    const resource = resourceFromAttributes({ 'service.name': service, 'service.namespace': 'tongsheng' });
    const tracer = new sdk.TracerProvider({ resource, spanProcessors: [processor] }).getTracer('tongsheng');
    tracers.set(service, tracer);
    return tracer;
  };
  return () => processor.shutdown();
}

/** The step that is being made, as `traceparent`. */
export const activeStep = (): string | undefined => {
  const span = tracerOf && trace.getActiveSpan();
  return span ? format(span.spanContext()) : undefined;
};

/** Makes a step. `work` is told its `traceparent`, for what goes on from it elsewhere. */
export async function step<T>(
  { service, name, kind = 'inside', parent, also, attributes = {} }: Step,
  work: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  if (tracerOf === null) return work(parent);
  const from = parsed(parent);
  const beside = parsed(also);
  const before = from ? trace.setSpanContext(ROOT_CONTEXT, from) : context.active();
  const links = beside && beside.traceId !== from?.traceId ? [{ context: beside }] : [];
  const span = tracerOf(service).startSpan(name, { kind: kinds[kind], attributes, links }, before);
  try {
    return await context.with(trace.setSpan(before, span), () => work(format(span.spanContext())));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}

const format = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** W3C Trace Context; what is none is as good as nothing. */
function parsed(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
