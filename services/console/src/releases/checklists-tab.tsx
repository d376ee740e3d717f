import { useQuery, useQueryClient } from '@tanstack/react-query';
import { checkKinds, type Checklist, type CheckKind } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import { checklistOf, checklists } from '../api/reviews.ts';
import { useSiteName } from '../api/site-names.ts';
import { sites as sitesView } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty, Loading, Pending, sayError } from '../parts/states.tsx';
import { useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { PastOf } from './past-of.tsx';
import { readPasted, writeList } from './pasted-list.ts';

const kinds = Object.keys(checkKinds) as CheckKind[];

/** The lists that drafts are looked through for. */
export function ChecklistsTab({ mayEdit }: { mayEdit: boolean }): ReactElement {
  const t = useWords();
  const me = useMe();
  const list = useQuery(checklists());
  const { data: sites } = useQuery(sitesView());
  const nameOf = useSiteName();
  const [editing, setEditing] = useState<string | Checklist | null>(null);
  const blank = (kind: CheckKind) => {
    const site = me.sites.includes('*') ? '*' : (sites?.rows[0]?.siteId ?? '*');
    setEditing({
      listId: newId(),
      site,
      name: t(`checks.kind.${kind}`),
      kind,
      entries: [],
      enabled: true,
    } as Checklist);
  };
  return (
    <>
      <div className="page-bar">
        <p className="hint">{t('checks.hint')}</p>
        <span className="top-space" />
        {mayEdit &&
          kinds.map((kind) => (
            <button key={kind} type="button" className="button" onClick={() => blank(kind)} data-testid={`new-${kind}`}>
              {t('checks.new', { kind: t(`checks.kind.${kind}`) })}
            </button>
          ))}
      </div>
      <Pending of={list} />
      {list.data?.rows.length === 0 && <Empty title={t('checks.empty')}>{t('checks.emptyHint')}</Empty>}
      {list.data && list.data.rows.length > 0 && (
        <table className="table" data-testid="checklists">
          <thead>
            <tr>
              <th>{t('rules.name')}</th>
              <th>{t('releases.colKind')}</th>
              <th>{t('checks.colCount')}</th>
              <th>{t('releases.colSite')}</th>
              <th>{t('checks.colOn')}</th>
            </tr>
          </thead>
          <tbody>
            {list.data.rows.map((row) => (
              <tr key={row.listId}>
                <td className="cell-title">
                  <button type="button" className="link" onClick={() => setEditing(row.listId)}>
                    {row.name}
                  </button>
                </td>
                <td>{t(`checks.kind.${row.kind}`)}</td>
                <td>{row.count}</td>
                <td>{row.site === '*' ? t('roster.allSites') : nameOf(row.site)}</td>
                <td>{t(row.enabled ? 'checks.on' : 'checks.off')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {typeof editing === 'string' && <KnownList listId={editing} mayEdit={mayEdit} onClose={() => setEditing(null)} />}
      {editing !== null && typeof editing !== 'string' && (
        <ListDialog start={editing} mayEdit={mayEdit} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function KnownList(props: { listId: string; mayEdit: boolean; onClose: () => void }): ReactElement {
  const { data } = useQuery({ ...checklistOf(props.listId), staleTime: 0 });
  return data ? <ListDialog start={data} mayEdit={props.mayEdit} onClose={props.onClose} /> : <Loading />;
}

function ListDialog(props: { start: Checklist; mayEdit: boolean; onClose: () => void }): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const { start, mayEdit, onClose } = props;
  const { data: sites } = useQuery(sitesView());
  const [name, setName] = useState(start.name);
  const [site, setSite] = useState(start.site);
  const [enabled, setEnabled] = useState(start.enabled);
  const [text, setText] = useState(() => writeList(start));
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const { entries, wrong } = readPasted(start.kind, text);
  const save = async () => {
    if (busy || wrong.length > 0 || name.trim() === '') return;
    setBusy(true);
    setTold(null);
    try {
      const { listId, kind } = start;
      await decide({
        type: 'checklist.register',
        checklist: { listId, kind, name: name.trim(), site, enabled, entries },
      });
      announce('done', t('checks.saved', { name: name.trim(), n: entries.length }));
      for (const queryKey of [['checklists'], ['checklist'], ['release'], ['check']])
        void client.invalidateQueries({ queryKey });
      onClose();
    } catch (caught) {
      setTold(sayError(caught, t));
      setBusy(false);
    }
  };
  const read = async (file: File | undefined) => file && setText(await file.text());
  const csv = `data:text/csv;charset=utf-8,${encodeURIComponent(`\uFEFF${writeList({ kind: start.kind, entries }, ',')}`)}`;
  return (
    <Dialog title={t('checks.listTitle', { kind: t(`checks.kind.${start.kind}`) })} onClose={onClose}>
      <div data-testid="checklist-dialog">
        <div className="field-row">
          <label className="field">
            <span>{t('rules.name')}</span>
            <input value={name} maxLength={100} readOnly={!mayEdit} onChange={({ target }) => setName(target.value)} />
          </label>
          <label className="field">
            <span>{t('releases.colSite')}</span>
            <select value={site} disabled={!mayEdit} onChange={({ target }) => setSite(target.value)}>
              {me.sites.includes('*') && <option value="*">{t('roster.allSites')}</option>}
              {sites?.rows.map((each) => (
                <option key={each.siteId} value={each.siteId}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        </div>
        <label className="field">
          <span>
            {t('checks.entries', { n: entries.length })} <small>{t(`checks.columns.${start.kind}`)}</small>
          </span>
          <textarea
            rows={10}
            value={text}
            readOnly={!mayEdit}
            onChange={({ target }) => setText(target.value)}
            data-testid="entries"
          />
        </label>
        {wrong.length > 0 && (
          <p className="alarm-gap" role="alert">
            {t('checks.wrongLines', {
              n: wrong.length,
              lines: wrong
                .slice(0, 5)
                .map((each) => `${each.line}: ${each.text}`)
                .join('；'),
            })}
          </p>
        )}
        {mayEdit && (
          <div className="field-row">
            <label className="field">
              <span>{t('checks.file')}</span>
              <input
                type="file"
                accept=".csv,.txt,text/csv,text/plain"
                onChange={({ target }) => void read(target.files?.[0])}
              />
            </label>
            <label className="check">
              <input type="checkbox" checked={enabled} onChange={({ target }) => setEnabled(target.checked)} />{' '}
              {t('checks.on')}
            </label>
          </div>
        )}
        {told && (
          <p className="alarm-gap" role="alert">
            {told}
          </p>
        )}
        {start.entries.length > 0 && <PastOf kind="checklist" id={start.listId} />}
        <div className="dialog-actions">
          <a className="button" href={csv} download={`${start.kind}.csv`}>
            {t('checks.export')}
          </a>
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          {mayEdit && (
            <button
              type="button"
              className="button button-primary"
              disabled={busy || wrong.length > 0 || name.trim() === ''}
              onClick={() => void save()}
              data-testid="save-list"
            >
              {t('rules.save')}
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
