import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Assignment, DeliveryRow, ReleaseFile } from '@tongsheng/contracts';
import { useId, useRef, useState, type ClipboardEvent, type ReactElement } from 'react';
import { decide, newId, readBytes, upload } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { sizeOf } from '../parts/bytes.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, serverNow, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { doneOf, localNow, problemsOf, reportOf, tasksOf, type ReportDraft } from './assisted.ts';
import { DeliveryTag } from './delivery-tag.tsx';

type File = Assignment['files'][number];

const keyOf = ({ site, deliveryId }: DeliveryRow) => `${site}/${deliveryId}`;
/** A screenshot is a picture like those of releases. */
const placeFor = ({ site }: DeliveryRow, name: string) =>
  `/api/files?${new URLSearchParams({ site, name: name.slice(-200), purpose: 'picture' })}`;
const fileAt = ({ site, deliveryId }: DeliveryRow, hash: string) =>
  `/api/deliveries/${encodeURIComponent(site)}/${encodeURIComponent(deliveryId)}/files/${hash}`;

/** What people hand over to platforms without an interface: what is due, its package, and what they bring back. */
export function AssistedPage(): ReactElement {
  const t = useWords();
  const list = useQuery(views.deliveries({ show: 'open' }));
  const shown = useQuery(views.deliveries({ show: 'confirmed' }));
  const { task } = useSearch({ from: '/deliveries/assisted' });
  const tasks = tasksOf(list.data?.rows ?? []);
  const done = doneOf(shown.data?.rows ?? []);
  const chosen = tasks.find((row) => keyOf(row) === task) ?? tasks[0];
  return (
    <div className="page assisted" data-testid="assisted-page">
      <div className="page-bar">
        <div className="tabs" role="group">
          <Link to="/deliveries" className="tab">
            {t('nav.deliveries')}
          </Link>
          <Link to="/deliveries/assisted" className="tab tab-here" aria-current="page">
            {t('assisted.title')} {tasks.length > 0 && <span className="badge badge-unknown">{tasks.length}</span>}
          </Link>
        </div>
        <span className="hint">{t('assisted.about')}</span>
      </div>
      <Pending of={list} />
      {list.data && tasks.length === 0 && <Empty title={t('assisted.empty')}>{t('assisted.emptyHint')}</Empty>}
      {chosen && (
        <div className="assisted-body">
          <Tasks tasks={tasks} chosen={chosen} />
          <Task key={keyOf(chosen)} row={chosen} />
        </div>
      )}
      {done.length > 0 && <Done rows={done} />}
    </div>
  );
}

function Tasks({ tasks, chosen }: { tasks: DeliveryRow[]; chosen: DeliveryRow }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  return (
    <ul className="assisted-list" aria-label={t('assisted.tasks')}>
      {tasks.map((row) => (
        <li key={keyOf(row)}>
          <button
            type="button"
            className="assisted-task"
            aria-current={keyOf(row) === keyOf(chosen) || undefined}
            onClick={() => void navigate({ to: '/deliveries/assisted', search: { task: keyOf(row) } })}
            data-testid="assisted-task"
          >
            <span className="assisted-where">
              {row.channelName} <Countdown startsAt={row.requestedAt} dueAt={row.assignment!.dueAt} />
            </span>
            <span>{row.title}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** One task: what is handed over on the left, what is brought back on the right. */
function Task({ row }: { row: DeliveryRow }): ReactElement {
  const t = useWords();
  const me = useMe();
  const { files, address, leftOut = [], dueAt } = row.assignment!;
  const texts = files.filter(({ field }) => field !== undefined);
  const archive = files.find(({ mediaType }) => mediaType === 'application/zip');
  const attachments = files.filter((file) => file.field === undefined && file !== archive);
  return (
    <article className="assisted-one" aria-labelledby="assisted-title">
      <header className="assisted-head">
        <h2 id="assisted-title">{row.title}</h2>
        <p className="hint">
          {row.channelName} · {t('assisted.due', { time: short(dueAt) })} ·{' '}
          <Link to="/releases/$site/$releaseId" params={{ site: row.site, releaseId: row.releaseId }}>
            {t('assisted.release')}
          </Link>
        </p>
        <p className="assisted-actions">
          {address && (
            <a className="button" href={address} target="_blank" rel="noreferrer">
              {t('assisted.open')}
            </a>
          )}
          {archive && (
            <a className="button button-primary" href={fileAt(row, archive.hash)} download data-testid="package">
              {t('assisted.package', { size: sizeOf(archive.bytes) })}
            </a>
          )}
        </p>
      </header>
      <section aria-label={t('assisted.fields')}>
        <h3>{t('assisted.fields')}</h3>
        {texts.map((file) => (
          <TextField key={file.name} row={row} file={file} />
        ))}
        {attachments.length > 0 && (
          <>
            <h3>{t('assisted.files')}</h3>
            <ul className="assisted-files">
              {attachments.map((file) => (
                <li key={file.name}>
                  <a href={fileAt(row, file.hash)} download>
                    {file.name}
                  </a>{' '}
                  <small className="hint">{sizeOf(file.bytes)}</small>
                </li>
              ))}
            </ul>
          </>
        )}
        {leftOut.length > 0 && (
          <p className="banner banner-refused">{t('assisted.leftOut', { names: leftOut.join('、') })}</p>
        )}
      </section>
      {hasRole(me, 'comms') ? <Report row={row} /> : <p className="hint">{t('assisted.notYours')}</p>}
    </article>
  );
}

/** A text of the platform's form: shown whole, copied at a click, with what the platform takes beside it. */
function TextField({ row, file }: { row: DeliveryRow; file: File }): ReactElement {
  const t = useWords();
  const id = useId();
  const element = useRef<HTMLTextAreaElement>(null);
  const { data = '', error } = useQuery({
    queryKey: ['assisted-text', file.hash],
    queryFn: async ({ signal }) => new TextDecoder().decode(await readBytes(fileAt(row, file.hash), signal)),
    staleTime: Infinity,
  });
  const copy = () => {
    element.current?.select();
    // Plain HTTP has no clipboard but this one.
    if (document.execCommand('copy'))
      announce('done', t('assisted.copied', { field: t(`assisted.field.${file.field!}`) }));
  };
  const { limit, length = 0, isCut } = file;
  return (
    <div className="field assisted-text">
      <label htmlFor={id}>
        {t(`assisted.field.${file.field!}`)}{' '}
        <small>
          {limit ? t('assisted.ofLimit', { length, max: limit.max }) : t('assisted.length', { length })}
          {isCut && <b className="assisted-cut"> {t('assisted.cut')}</b>}
        </small>
      </label>
      <textarea
        id={id}
        ref={element}
        readOnly
        rows={file.field === 'title' || file.field === 'link' ? 1 : file.field === 'summary' ? 2 : 5}
        value={error ? sayError(error, t) : data}
      />
      <button type="button" className="button button-small" onClick={copy} disabled={data === ''}>
        {t('wizard.copy')}
      </button>
    </div>
  );
}

/** Where it is, since when, and a picture of it. */
function Report({ row }: { row: DeliveryRow }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState<ReportDraft>({
    url: '',
    visibleAt: localNow(serverNow()),
    note: '',
    screenshot: null,
  });
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [key] = useState(newId);
  const problems = problemsOf(draft, serverNow());
  const change = (part: Partial<ReportDraft>) => setDraft((before) => ({ ...before, ...part }));
  const onPaste = ({ clipboardData }: ClipboardEvent) => {
    const picture = [...clipboardData.files].find(({ type }) => type.startsWith('image/'));
    if (picture) change({ screenshot: picture });
  };
  const send = async () => {
    setShown(true);
    if (problems.length > 0 || !draft.screenshot) return;
    setBusy(true);
    try {
      const { hash } = await upload<ReleaseFile>(placeFor(row, draft.screenshot.name), draft.screenshot);
      await decide(reportOf(row, draft, hash), key);
      announce('done', t('assisted.reported'));
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    } catch (caught) {
      announce('failed', sayError(caught, t));
      setBusy(false);
    }
  };
  return (
    <form
      className="assisted-report form-fields"
      aria-label={t('assisted.report')}
      onPaste={onPaste}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      noValidate
    >
      <h3>{t('assisted.report')}</h3>
      <p className="hint">{t('assisted.reportHint')}</p>
      <label className="field">
        <span>{t('assisted.url')}</span>
        <input
          id="field-url"
          inputMode="url"
          maxLength={2_000}
          placeholder="https://"
          value={draft.url}
          onChange={({ target }) => change({ url: target.value })}
        />
      </label>
      <label className="field">
        <span>
          {t('assisted.time')} <small>{t('app.beijing')}</small>
        </span>
        <input
          id="field-time"
          type="datetime-local"
          value={draft.visibleAt}
          onChange={({ target }) => change({ visibleAt: target.value })}
        />
      </label>
      <label className="field">
        <span>
          {t('assisted.screenshot')} <small>{t('assisted.screenshotHint')}</small>
        </span>
        <input
          id="field-screenshot"
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={({ target }) => change({ screenshot: target.files?.[0] ?? null })}
        />
      </label>
      {draft.screenshot && (
        <p className="hint" role="status">
          {t('assisted.chosen', { name: draft.screenshot.name, size: sizeOf(draft.screenshot.size) })}
        </p>
      )}
      <label className="field">
        <span>
          {t('assisted.note')} <small>{t('app.optional')}</small>
        </span>
        <input
          id="field-note"
          maxLength={500}
          value={draft.note}
          onChange={({ target }) => change({ note: target.value })}
        />
      </label>
      {shown && problems.length > 0 && (
        <div className="banner banner-refused" role="alert">
          {problems.map((each) => (
            <p key={each}>{t(`assisted.need.${each}`)}</p>
          ))}
        </div>
      )}
      <button type="submit" className="button button-primary" disabled={busy} data-testid="report">
        {busy ? t('state.sending') : t('assisted.send')}
      </button>
    </form>
  );
}

/** What was brought back, and whether it is still there. */
function Done({ rows }: { rows: DeliveryRow[] }): ReactElement {
  const t = useWords();
  return (
    <section aria-label={t('assisted.done')}>
      <h2>{t('assisted.done')}</h2>
      <table className="table" data-testid="assisted-done">
        <thead>
          <tr>
            <th>{t('deliveries.colRelease')}</th>
            <th>{t('deliveries.colChannel')}</th>
            <th>{t('assisted.url')}</th>
            <th>{t('assisted.time')}</th>
            <th>{t('assisted.by')}</th>
            <th>{t('assisted.screenshot')}</th>
            <th>{t('deliveries.colState')}</th>
            <th>{t('assisted.looked')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <td className="cell-title">{row.title}</td>
              <td>{row.channelName}</td>
              <td className="cell-detail">
                {row.url && (
                  <a href={row.url} target="_blank" rel="noreferrer">
                    {row.url}
                  </a>
                )}
              </td>
              <td className="cell-time">{minute(row.reported!.visibleAt)}</td>
              <td title={row.reported!.note || undefined}>{row.reported!.byName}</td>
              <td>
                {row.reported!.screenshot && (
                  <a href={fileAt(row, row.reported!.screenshot)} target="_blank" rel="noreferrer">
                    {t('assisted.screenshot')}
                  </a>
                )}
              </td>
              <td>
                <DeliveryTag row={row} />
              </td>
              <td className="cell-time">{row.watchedAt ? short(row.watchedAt) : t('assisted.notLooked')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
