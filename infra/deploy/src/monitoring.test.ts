import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { alertsOf, metricsIn, queriesOf, renderMonitoring } from './monitoring.ts';

const home = join(import.meta.dirname, '..');
const promtool = process.env['PROMTOOL'];
/** Its own tests take seconds where the machine is busy; in ms. */
const patience = 60_000;
const check = (...args: string[]) => {
  const { stdout, stderr, status } = spawnSync(promtool!, args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};

it('every alert has its page, and every page its alert', () => {
  const alerts = alertsOf(home);
  expect(readdirSync(join(home, 'runbooks')).sort()).toEqual(alerts.map(({ alert }) => `${alert}.md`).sort());
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`runbooks/${alert}.md`);
    const page = readFileSync(join(home, annotations.runbook), 'utf8');
    const [zh, ...en] = annotations.title.split(' ');
    expect(page.split('\n')[0]).toBe(`# ${zh} · ${en.join(' ')}`);
    const headings = page.split('\n').filter((line) => line.startsWith('## '));
    expect(headings).toEqual(['## 这是什么', '## 损失什么', '## 先看', '## 处置', '## 何时算好']);
    // A page, not a book.
    expect(page.split('\n').length).toBeLessThan(45);
  }
});

it.skipIf(!promtool)('each alert fires when it should, and Prometheus says so itself', { timeout: patience }, () => {
  expect(check('check', 'rules', join(home, 'monitoring/alerts.yaml'))).toMatchObject({ status: 0 });
  const tested = check('test', 'rules', join(home, 'monitoring/alerts.test.yaml'));
  expect(tested, tested.said).toMatchObject({ status: 0 });
  const cases = readFileSync(join(home, 'monitoring/alerts.test.yaml'), 'utf8');
  for (const { alert } of alertsOf(home)) expect(cases).toContain(`alertname: ${alert}\n        exp_alerts`);
});

it.skipIf(!promtool)('every query of a dashboard is one that Prometheus can read', { timeout: patience }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'queries-'));
  const rules = queriesOf(home).map(({ query }, i) => ({
    record: `query:${i}`,
    expr: query.replaceAll('$__rate_interval', '1m'),
  }));
  writeFileSync(join(folder, 'queries.yaml'), stringify({ groups: [{ name: 'queries', rules }] }));
  const checked = check('check', 'rules', join(folder, 'queries.yaml'));
  rmSync(folder, { recursive: true });
  expect(checked, checked.said).toMatchObject({ status: 0 });
});

it('renders dashboards that Grafana can import, panels beside each other and none over another', () => {
  const files = renderMonitoring(home);
  const boards = Object.entries(files).filter(([path]) => path.startsWith('dashboards/'));
  expect(boards).toHaveLength(4);
  for (const [path, text] of boards) {
    const { uid, panels } = JSON.parse(text) as {
      uid: string;
      panels: { id: number; gridPos: { x: number; y: number; w: number }; targets: { expr: string }[] }[];
    };
    expect(path).toBe(`dashboards/${uid}.json`);
    expect(new Set(panels.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`)).size).toBe(panels.length);
    for (const { gridPos, targets } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(targets.every(({ expr }) => metricsIn(expr).length > 0)).toBe(true);
    }
  }
});
