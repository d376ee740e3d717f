import { useQuery } from '@tanstack/react-query';
import type { DeliveryRow, LinkedDetail } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { DeliveryTag } from '../deliveries/delivery-tag.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { contactOf, isOutdated } from './places.ts';

/** Who of the press has it early, what became of each copy, and whether it still says what will go out. */
export function Press({ data, onTell }: { data: LinkedDetail; onTell: (() => void) | null }): ReactElement | null {
  const t = useWords();
  const { row, deliveries } = data;
  if (row.press.length === 0 && !onTell) return null;
  const isOver = row.state === 'cancelled';
  const waits = row.state === 'planned' || row.state === 'stopped';
  return (
    <section className="linked-section" data-testid="linked-press">
      <h3>{t('linked.press')}</h3>
      {row.press.length === 0 && <p className="hint">{t('linked.pressNone')}</p>}
      {row.press.map((told) => (
        <div key={`${told.at}/${told.channelId}`} className="linked-told">
          <p>
            {t('linked.pressTold', { name: told.byName, time: minute(told.at), until: minute(told.until) })}
            {waits && isOutdated(told, row) && <span className="tag linked-late">{t('linked.pressOld')}</span>}
            {isOver && <span className="tag linked-late">{t('linked.pressCancelled')}</span>}
          </p>
          <ul className="delivery-list">
            {told.people.map(({ name, email }) => (
              <li key={email}>
                <span>
                  {name} <small className="hint">{email}</small>
                </span>
                <Copies of={deliveries} email={email} until={told.until} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {onTell && (
        <p className="linked-write">
          <button type="button" className="button" onClick={onTell} data-testid="tell-press">
            {t(row.press.length > 0 ? 'linked.pressAgain' : 'linked.pressTell')}
          </button>
        </p>
      )}
    </section>
  );
}

function Copies({ of, email, until }: { of: readonly DeliveryRow[]; email: string; until: string }): ReactElement {
  const copies = of.filter(({ embargo }) => embargo?.email === email && embargo.until === until);
  return (
    <span>
      {copies.map((delivery) => (
        <DeliveryTag key={delivery.deliveryId} row={delivery} />
      ))}
    </span>
  );
}

type Told = { channelId: string; people: { name: string; email: string }[] };

/** Whom, by which mailbox: one a line, everything that is wrong at once. */
export function PressDialog(props: {
  data: LinkedDetail;
  onSend: (told: Told) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const { row } = props.data;
  const { data } = useQuery(views.channels());
  const mailboxes = (data?.rows ?? []).filter(({ kind }) => kind === 'email');
  const last = row.press.at(-1);
  const [chosen, setChosen] = useState<string | null>(last?.channelId ?? null);
  const [written, setWritten] = useState(last?.people.map(({ name, email }) => `${name} <${email}>`).join('\n') ?? '');
  const [busy, setBusy] = useState(false);
  const channelId = chosen ?? mailboxes[0]?.channelId;
  const lines = written.split('\n').filter((each) => each.trim() !== '');
  const people = lines.map(contactOf);
  const wrong = lines.filter((_, i) => people[i] === null);
  const found = people.filter((each) => each !== null);
  const send = async () => {
    if (channelId === undefined || found.length === 0 || wrong.length > 0) return;
    setBusy(true);
    await props.onSend({ channelId, people: found }).finally(() => setBusy(false));
  };
  return (
    <Dialog title={t('linked.pressTell')} onClose={props.onClose}>
      <p className="hint">{t('linked.pressHint', { until: minute(row.t0), n: row.parts.length })}</p>
      {data && mailboxes.length === 0 ? (
        <p className="banner banner-refused">{t('linked.pressNoMailbox')}</p>
      ) : (
        <label className="field">
          <span>{t('linked.pressBy')}</span>
          <select value={channelId ?? ''} onChange={({ target }) => setChosen(target.value)}>
            {mailboxes.map(({ channelId: id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="field">
        <span>{t('linked.pressWhom')}</span>
        <textarea
          rows={6}
          autoFocus
          value={written}
          placeholder={'王记者 <wang@paper.example>'}
          onChange={({ target }) => setWritten(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && !busy) void send();
          }}
          aria-describedby="press-wrong"
          data-testid="press-people"
        />
      </label>
      <p id="press-wrong" className="linked-trouble" role="status">
        {wrong.length > 0 && t('linked.pressWrong', { lines: wrong.join('、') })}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={props.onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={busy || channelId === undefined || found.length === 0 || wrong.length > 0}
          onClick={() => void send()}
          data-testid="send-press"
        >
          {busy ? t('state.sending') : t('linked.pressSend', { n: found.length })} <kbd>Ctrl Enter</kbd>
        </button>
      </div>
    </Dialog>
  );
}
