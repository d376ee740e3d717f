import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judge } from './invariants.ts';
import { year as size } from './sizes.ts';
import { live } from './year.ts';

const { SIMULATION_SEED: seed = '2026', SIMULATION_DAYS: days, SIMULATION_REPORT: report } = process.env;

it('a year of twenty platforms', async () => {
  const began = performance.now();
  const plan = { ...size, seed: Number(seed), ...(days !== undefined && { days: Number(days) }) };
  const minutes = () => Math.round((performance.now() - began) / 6_000) / 10;
  const lived = await live({
    ...plan,
    onDay(day, { house: { server, upstreams } }) {
      if (day % 10 === 0)
        console.log(
          `day ${day}: ${upstreams.publications.length} publications, ${server.journal.last} entries, ${minutes()} min`,
        );
    },
  });
  const livedMinutes = minutes();
  const { findings, counts } = judge(lived);
  const { server, complaints, portal } = lived.house;
  const result = {
    seed: plan.seed,
    days: plan.days,
    platforms: plan.platforms,
    findings: findings.length,
    first_findings: findings.slice(0, 20),
    counts,
    deaths: Object.fromEntries(lived.processes.map(({ name, deaths }) => [name, deaths])),
    away_hours: Object.fromEntries(lived.processes.map(({ name, awayMs }) => [name, Math.round(awayMs / 3_600_000)])),
    clock_jumps: lived.clockJumps,
    models_lost: lived.modelsLost,
    visits_to_pages: portal.visits,
    refusals: Object.fromEntries(lived.people.refusals),
    complaints: Object.fromEntries([...complaints].sort(([, a], [, b]) => b - a).slice(0, 20)),
    log_mb: Math.round(server.journal.bytes / 2 ** 20),
    timers: server.time.steps,
    minutes: livedMinutes,
    minutes_judging: Math.round((minutes() - livedMinutes) * 10) / 10,
    peak_mb: Math.round(process.resourceUsage().maxRSS / 2 ** 10),
  };
  server.close();
  if (report) writeFileSync(report, JSON.stringify(result));
  else console.log(JSON.stringify(result, null, 2));
  expect(findings.slice(0, 20)).toEqual([]);
});
