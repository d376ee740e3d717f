import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import type { Site, SiteRow } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { sites as sitesView } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { RegionField, useRegionName } from '../parts/region-field.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { History } from '../rules/history.tsx';
import { useRegister } from '../rules/register.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { useLanguage, useWords } from '../words/index.ts';
import { LimitField } from './limit-field.tsx';
import { PublicationFields, TestConnection } from './publication-fields.tsx';
import { blankSite, draftOf, problemsOf, siteOf, type SiteDraft } from './site-draft.ts';

const levels = ['national', 'province', 'city'] as const;

/** Our websites and their place in the hierarchy, from which obligations follow. */
export function SitesPage(): ReactElement {
  const { edit } = useSearch({ from: '/admin/sites' });
  const answer = useQuery(sitesView());
  const { data } = answer;
  if (!data) return <Pending of={answer} />;
  if (edit === undefined) return <List rows={data.rows} />;
  const known = data.rows.find(({ siteId }) => siteId === edit);
  if (edit !== 'new' && !known) return <MissingPage />;
  return <Form key={edit} known={known} rows={data.rows} />;
}

function List({ rows }: { rows: SiteRow[] }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const region = useRegionName();
  const [history, setHistory] = useState<SiteRow | null>(null);
  const edit = (siteId: string) => void navigate({ to: '/admin/sites', search: { edit: siteId } });
  const chosen = useRowKeys(rows.length, (at) => rows[at] && edit(rows[at].siteId));
  useShortcuts([{ keys: ['c'], says: 'sites.add', group: 'keys.list', run: () => edit('new') }]);
  return (
    <div className="page">
      <div className="page-bar">
        <span className="top-space" />
        <Link to="/admin/sites" search={{ edit: 'new' }} className="button button-primary">
          {t('sites.add')} <kbd>C</kbd>
        </Link>
      </div>
      {rows.length === 0 && <Empty title={t('sites.empty')} />}
      {rows.length > 0 && (
        <table className="table" data-testid="sites">
          <thead>
            <tr>
              <th>{t('sites.name')}</th>
              <th>{t('sites.level')}</th>
              <th>{t('sites.region')}</th>
              <th>{t('sites.superior')}</th>
              <th>{t('sites.speaksFor')}</th>
              <th>{t('sites.baseUrl')}</th>
              <th>{t('sites.publication')}</th>
              <th>
                <span className="unseen">{t('rules.history')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((site, at) => (
              <tr key={site.siteId} aria-selected={at === chosen} data-testid="site">
                <td className="cell-wide">
                  <Link to="/admin/sites" search={{ edit: site.siteId }}>
                    {site.name}
                  </Link>
                </td>
                <td>{t(`rules.level.${site.level}`)}</td>
                <td>
                  {site.region ? region(site.region) : <span className="tag tag-near">{t('sites.noRegion')}</span>}
                </td>
                <td>{site.superior ? region(site.superior) : t('sites.superiorUsual')}</td>
                <td className="cell-wide">{site.speaksFor.map(({ name }) => name).join('、') || t('rules.none')}</td>
                <td className="cell-address">{site.baseUrl}</td>
                <td>{t(`publication.kind.${site.publication.kind}`)}</td>
                <td className="cell-actions">
                  <button type="button" className="link" onClick={() => setHistory(site)}>
                    {t('rules.history')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {history && <History kind="site" id={history.siteId} name={history.name} onClose={() => setHistory(null)} />}
    </div>
  );
}

function Form({ known, rows }: { known: SiteRow | undefined; rows: SiteRow[] }): ReactElement {
  const t = useWords();
  const language = useLanguage((state) => state.language);
  const navigate = useNavigate();
  const { busy, register } = useRegister();
  const [start] = useState(() => (known ? draftOf(known, language) : blankSite));
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const taken = new Set(known ? [] : rows.map(({ siteId }) => siteId));
  const set = (fields: Partial<SiteDraft>) => setDraft((before) => ({ ...before, ...fields }));
  const save = async () => {
    const found = problemsOf(draft, taken);
    setProblems(found);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    if (
      busy ||
      !(await register([{ type: 'site.register', site: { ...siteOf(draft) } }], t('sites.saved', { name: draft.name })))
    )
      return;
    leaving.current = true;
    await navigate({ to: '/admin/sites' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save();
  };
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="site-form">
      <div className="form-body form-one">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/admin/sites">{t('nav.sites')}</Link> › {known?.name ?? t('sites.add')}
          </p>
          <ProblemList
            ref={summary}
            problems={problems.filter(({ field }) => problemsOf(draft, taken).some((each) => each.field === field))}
          />
          <div className="field-row">
            <label className="field field-wide">
              <span>{t('sites.name')}</span>
              <input
                id="field-name"
                value={draft.name}
                maxLength={200}
                onChange={({ target }) => set({ name: target.value })}
              />
            </label>
            <label className="field">
              <span>{t('sites.level')}</span>
              <select value={draft.level} onChange={({ target }) => set({ level: target.value as Site['level'] })}>
                {levels.map((each) => (
                  <option key={each} value={each}>
                    {t(`rules.level.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            {!known && (
              <label className="field">
                <span>{t('sites.id')}</span>
                <input
                  id="field-siteId"
                  className="code"
                  value={draft.siteId}
                  maxLength={64}
                  onChange={({ target }) => set({ siteId: target.value.trim() })}
                />
              </label>
            )}
          </div>
          <label className="field">
            <span>{t('sites.baseUrl')}</span>
            <input
              id="field-baseUrl"
              type="url"
              className="code"
              value={draft.baseUrl}
              maxLength={500}
              onChange={({ target }) => set({ baseUrl: target.value })}
            />
          </label>
          <RegionField
            id="field-region"
            label={t('sites.region')}
            hint={t('sites.regionHint')}
            none={t('region.none')}
            value={draft.region}
            onChange={(region) => set({ region })}
          />
          <RegionField
            id="field-superior"
            label={t('sites.superior')}
            hint={t('sites.superiorHint')}
            none={t('sites.superiorUsual')}
            value={draft.superior}
            onChange={(superior) => set({ superior })}
          />
          <div className="field-row">
            <LimitField
              id="field-incidentLimit"
              label={t('sites.incidentLimit')}
              usual="PT1H"
              limits={['PT30M', 'PT2H', 'PT4H']}
              value={draft.incidentLimit}
              onChange={(incidentLimit) => set({ incidentLimit })}
            />
            <LimitField
              id="field-rumorLimit"
              label={t('sites.rumorLimit')}
              usual="PT5H"
              limits={['PT1H', 'PT12H', 'PT24H']}
              value={draft.rumorLimit}
              onChange={(rumorLimit) => set({ rumorLimit })}
            />
          </div>
          <label className="field">
            <span>
              {t('sites.speaksFor')} <small>{t('sites.speaksForHint')}</small>
            </span>
            <textarea
              id="field-speaksFor"
              rows={3}
              value={draft.speaksFor}
              onChange={({ target }) => set({ speaksFor: target.value })}
            />
          </label>
          <label className="field">
            <span>
              {t('sites.columns')} <small>{t('sites.columnsHint')}</small>
            </span>
            <textarea
              id="field-columns"
              rows={3}
              value={draft.columns}
              onChange={({ target }) => set({ columns: target.value })}
            />
          </label>
          <PublicationFields draft={draft.publication} onChange={(publication) => set({ publication })} />
          {known && draft.publication.kind !== 'portal' && <TestConnection siteId={known.siteId} isSaved={!changed} />}
        </div>
      </div>
      <footer className="actions" data-testid="actions">
        <div className="actions-left">
          <Link to="/admin/sites" className="button">
            {t('app.cancel')}
          </Link>
        </div>
        <span className="actions-text">{t('sites.willSave')}</span>
        <button
          type="button"
          className="button button-primary"
          disabled={busy || (known !== undefined && !changed)}
          onClick={() => void save()}
          data-testid="save"
        >
          {busy ? t('state.sending') : t('rules.save')} <kbd>Ctrl Enter</kbd>
        </button>
      </footer>
    </div>
  );
}
