import { useQueryClient } from '@tanstack/react-query';
import type { AlarmRow } from '@tongsheng/contracts';
import { useState } from 'react';
import { ApiError, decide } from '../api/client.ts';
import { alarmKey } from '../api/duty.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Takes an alarm; of two who do it at the same moment, one is told who was first. */
export function useTakeAlarm(): { taking: string | null; take: (row: AlarmRow) => Promise<void> } {
  const t = useWords();
  const client = useQueryClient();
  const [taking, setTaking] = useState<string | null>(null);
  const take = async (row: AlarmRow) => {
    if (taking !== null) return;
    setTaking(alarmKey(row));
    try {
      const { alarmId, site } = row;
      await decide({ type: 'alarm.acknowledge', alarmId, site });
      announce('done', t('duty.tookIt'));
    } catch (caught) {
      const first = caught instanceof ApiError && caught.code === 'alarm_taken' ? caught.params : null;
      announce(
        'failed',
        first ? t('duty.takenFirst', { name: first['by'] ?? '', time: short(first['at'] ?? 0) }) : sayError(caught, t),
      );
    }
    setTaking(null);
    void client.invalidateQueries({ queryKey: ['alarms'] });
  };
  return { taking, take };
}
