import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { HandoverRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide, type Intent } from '../api/client.ts';
import { handovers } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { announce } from '../parts/announcer.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { useMe } from '../session.ts';
import { short } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';

/** The end of one's own shift, and what somebody handed over that nobody has accepted yet. Both sign. */
export function HandoverBox(): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const siteName = useSiteName();
  const { data } = useQuery(handovers());
  const [giving, setGiving] = useState<{ handoverId: string; site: string } | null>(null);
  const [accepting, setAccepting] = useState<HandoverRow | null>(null);
  const nameOf = (site: string) => (site === '*' ? t('roster.allSites') : siteName(site));
  const send = async (intent: Intent, done: Word) => {
    try {
      await decide(intent);
      announce('done', t(done));
      for (const queryKey of [['handovers'], ['alarms'], ['duty-book']]) void client.invalidateQueries({ queryKey });
      setGiving(null);
      setAccepting(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  if (!data || (data.mine.length === 0 && data.waiting.length === 0)) return null;
  return (
    <section className="duty-box handover-box" aria-labelledby="handover-head" data-testid="handover-box">
      <h2 className="duty-heading" id="handover-head">
        {t('handover.title')}
      </h2>
      <ul className="duty-list">
        {data.waiting.map((row) => (
          <li key={`${row.site}/${row.handoverId}`} data-testid="handover-waiting">
            <strong>{t('handover.given', { name: row.given?.byName ?? '', time: short(row.given?.at ?? 0) })}</strong>
            <small>{nameOf(row.site)}</small>
            <small>{row.next ? t('handover.next', { name: row.next.name }) : t('duty.nobody')}</small>
            {row.overdue && <small className="alarm-gap">{t('alarm.handover.not_accepted')}</small>}
            {row.given?.by !== me.personId && (
              <button
                type="button"
                className="button button-small button-primary"
                onClick={() => setAccepting(row)}
                data-testid="accept-handover"
              >
                {t('handover.accept')}
              </button>
            )}
          </li>
        ))}
        {data.mine.map(({ handoverId, site, to, isGiven }) => (
          <li key={`${site}/${handoverId}`}>
            <small>
              {nameOf(site)} · {t('duty.until', { time: short(to) })}
            </small>
            <button
              type="button"
              className="button button-small"
              onClick={() => setGiving({ handoverId, site })}
              data-testid="give-handover"
            >
              {t(isGiven ? 'handover.giveAgain' : 'handover.give')}
            </button>
          </li>
        ))}
      </ul>
      {giving && (
        <GiveDialog
          open={data.open}
          onSend={(notes) => send({ type: 'handover.give', ...giving, notes }, 'handover.gave')}
          onClose={() => setGiving(null)}
        />
      )}
      {accepting && (
        <AcceptDialog
          row={accepting}
          onSend={(remark) => {
            const { handoverId, site } = accepting;
            return send({ type: 'handover.accept', handoverId, site, remark }, 'handover.accepted');
          }}
          onClose={() => setAccepting(null)}
        />
      )}
    </section>
  );
}

function GiveDialog(props: {
  open: { alarms: number; incidents: number };
  onSend: (notes: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const [notes, setNotes] = useState('');
  const { alarms, incidents } = props.open;
  return (
    <FormDialog
      title="handover.giveTitle"
      send="handover.sign"
      problems={notes.trim() === '' ? [{ field: 'notes', word: 'handover.needNotes' }] : []}
      onSend={() => props.onSend(notes.trim())}
      onClose={props.onClose}
    >
      <p className="hint">{t('handover.listed', { alarms, incidents })}</p>
      <label className="field">
        <span>
          {t('handover.notes')} <small>{t('handover.notesHint')}</small>
        </span>
        <textarea
          id="field-notes"
          rows={6}
          maxLength={8_000}
          autoFocus
          value={notes}
          onChange={({ target }) => setNotes(target.value)}
        />
      </label>
    </FormDialog>
  );
}

function AcceptDialog(props: {
  row: HandoverRow;
  onSend: (remark: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, onSend, onClose } = props;
  const t = useWords();
  const [remark, setRemark] = useState('');
  return (
    <FormDialog
      title="handover.acceptTitle"
      send="handover.sign"
      problems={[]}
      onSend={() => onSend(remark.trim())}
      onClose={onClose}
    >
      <p>
        <strong>{t('handover.given', { name: row.given?.byName ?? '', time: short(row.given?.at ?? 0) })}</strong>
      </p>
      <p className="text-lines">{row.notes}</p>
      {row.alarms.length > 0 && (
        <>
          <p className="hint">{t('handover.alarms')}</p>
          <ul>
            {row.alarms.map(({ alarmId, title }) => (
              <li key={alarmId}>{title}</li>
            ))}
          </ul>
        </>
      )}
      {row.incidents.length > 0 && (
        <>
          <p className="hint">{t('handover.incidents')}</p>
          <ul>
            {row.incidents.map(({ incidentId, title }) => (
              <li key={incidentId}>{title}</li>
            ))}
          </ul>
        </>
      )}
      <label className="field">
        <span>
          {t('handover.remark')} <small>{t('app.optional')}</small>
        </span>
        <textarea
          rows={2}
          maxLength={2_000}
          autoFocus
          value={remark}
          onChange={({ target }) => setRemark(target.value)}
        />
      </label>
    </FormDialog>
  );
}
