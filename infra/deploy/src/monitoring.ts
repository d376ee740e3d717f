import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dashboards, renderDashboard } from './dashboards.ts';

/** Files by their path in the folder that they are written to. */
export type Files = Record<string, string>;

type Rules = {
  groups: {
    rules: { alert: string; expr: string; annotations: { title: string; summary: string; runbook: string } }[];
  }[];
};

/** The alerts as Prometheus reads them. @param home `infra/deploy` */
export const alertsOf = (home: string): Rules['groups'][number]['rules'] =>
  (parse(readFileSync(join(home, 'monitoring/alerts.yaml'), 'utf8')) as Rules).groups.flatMap(({ rules }) => rules);

/** What Prometheus and Grafana are given, and the pages for whoever an alert wakes. @param home `infra/deploy` */
export function renderMonitoring(home: string): Files {
  const pages = readdirSync(join(home, 'runbooks'));
  return {
    'alerts.yaml': readFileSync(join(home, 'monitoring/alerts.yaml'), 'utf8'),
    ...Object.fromEntries(
      pages.map((page) => [`runbooks/${page}`, readFileSync(join(home, 'runbooks', page), 'utf8')]),
    ),
    ...Object.fromEntries(
      dashboards.map((each) => [`dashboards/${each.id}.json`, `${JSON.stringify(renderDashboard(each), null, 2)}\n`]),
    ),
  };
}

/** What is asked for: each query of the alerts and the dashboards, and where it stands. */
export const queriesOf = (home: string): { where: string; query: string }[] => [
  ...alertsOf(home).map(({ alert, expr }) => ({ where: alert, query: expr })),
  ...dashboards.flatMap(({ id, panels }) =>
    panels.flatMap(({ title, lines }) => lines.map(({ query }) => ({ where: `${id}: ${title}`, query }))),
  ),
];

/** The metrics that a query names, as they are exported: a histogram without the endings of its parts. */
export const metricsIn = (query: string): string[] => [
  ...new Set(
    [...query.matchAll(/\b(?:tongsheng|nodejs|process)_[a-z0-9_]+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    ),
  ),
];
