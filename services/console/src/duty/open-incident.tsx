import { nameOfAlarm } from '@tongsheng/contracts';
import { useNavigate } from '@tanstack/react-router';
import type { AlarmRow, AlarmSubject, IncidentKind } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { whatOf } from './alarm-words.ts';

/** What an alarm most likely is, as an incident; a person may say otherwise on its page. */
function kindOf({ kind }: AlarmSubject): IncidentKind {
  if (kind === 'page') return 'attack';
  return kind === 'source' || kind === 'delivery' || kind === 'credential' ? 'outage' : 'other';
}

/** One click makes an incident of an alarm. It has the alarm's name, so that a second click leads to the same. */
export function OpenIncident({ row }: { row: AlarmRow }): ReactElement | null {
  const t = useWords();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const { about, site, alarmId, raisedAt } = row;
  if (site === null || about.kind === 'incident' || about.kind === 'drill' || about.kind === 'handover') return null;
  const open = async () => {
    setBusy(true);
    try {
      const facts = {
        kind: kindOf(about),
        severity: 'ordinary',
        title: nameOfAlarm(about),
        noticed: `${whatOf(about, t)}：${nameOfAlarm(about)}${'detail' in about && about.detail ? `（${about.detail}）` : ''}`,
        noticedAt: raisedAt,
        url: about.kind === 'page' ? about.url : '',
      };
      const origin = { from: 'alarm', alarmId };
      await decide({ type: 'incident.open', incidentId: alarmId, site, facts, origin }, `incident-${alarmId}`);
      await navigate({ to: '/incidents/$site/$incidentId', params: { site, incidentId: alarmId } });
    } catch (caught) {
      announce('failed', sayError(caught, t));
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      className="button"
      disabled={busy}
      onClick={() => void open()}
      data-testid="incident-from-alarm"
    >
      {t('incident.fromAlarm')}
    </button>
  );
}
