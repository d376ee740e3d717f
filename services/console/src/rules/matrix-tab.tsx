import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RulebookView, SiteRow } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { useLimit } from '../parts/limit-words.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { cellKey, csvOf, faceOf, step, type Cell } from './matrix-cells.ts';
import { MatrixCell } from './matrix-cell.tsx';

type Source = RulebookView['sources'][number];

/** As many as a table stays usable with, and one question may ask for. */
const sitesOfPage = 50;
const sourcesOfPage = 20;

/** Which site owes what for which source: as it follows from the hierarchy, and as people have said otherwise. */
export function MatrixTab({ book, mayEdit }: { book: RulebookView; mayEdit: boolean }): ReactElement {
  const t = useWords();
  const limit = useLimit();
  const registered = useQuery(views.sites());
  const [words, setWords] = useState({ site: '', source: '' });
  const [from, setFrom] = useState({ site: 0, source: 0 });
  const [at, setAt] = useState<[number, number]>([0, 0]);
  const [opened, setOpened] = useState<{ site: SiteRow; source: Source } | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const allSites = registered.data?.rows ?? [];
  const foundSites = allSites.filter(({ name }) => name.includes(words.site.trim()));
  const foundSources = book.sources.filter(({ name }) => name.includes(words.source.trim()));
  const sites = foundSites.slice(from.site, from.site + sitesOfPage);
  const sources = foundSources.slice(from.source, from.source + sourcesOfPage);
  const ids = [sites.map(({ siteId }) => siteId), sources.map(({ sourceId }) => sourceId)] as const;
  const answer = useQuery(views.matrix(...ids));
  const cells = new Map(answer.data?.cells.map((cell) => [cellKey(cell.site, cell.sourceId), cell]));
  const cellOf = (site: SiteRow, source: Source) => cells.get(cellKey(site.siteId, source.sourceId));

  const find = (more: Partial<typeof words>) => {
    setWords({ ...words, ...more });
    setFrom({ site: 0, source: 0 });
    setAt([0, 0]);
  };
  const text = (cell: Cell | undefined): string => {
    const { limit: shown, narrowed, said } = faceOf(cell);
    if (said === 'free') return `${t('matrix.free')} ✎`;
    if (shown === null) return '·';
    return `${limit(shown, true)}${narrowed ? ' △' : ''}${said === 'bound' ? ' ✎' : ''}`;
  };
  /** With the words that are seen, so that whoever speaks to the machine is understood. */
  const spoken = (cell: Cell | undefined): string => {
    const { limit: shown, said } = faceOf(cell);
    return shown === null && said === null ? t('matrix.owesNothing') : text(cell);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = step(event.key, at, [sites.length, sources.length]);
    if (!next) return;
    event.preventDefault();
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-at="${next.join(' ')}"]`)?.focus();
  };
  const save = async () => {
    const rows: string[][] = [['', ...foundSources.map(({ name }) => name)]];
    const found = await views.readMatrix(
      foundSites.map(({ siteId }) => siteId),
      foundSources.map(({ sourceId }) => sourceId),
    );
    const all = new Map(found.cells.map((cell) => [cellKey(cell.site, cell.sourceId), cell]));
    for (const { siteId, name } of foundSites)
      rows.push([name, ...foundSources.map(({ sourceId }) => text(all.get(cellKey(siteId, sourceId))))]);
    download(csvOf(rows), 'obligations.csv');
  };
  const close = () => {
    setOpened(null);
    setTimeout(() => table.current?.querySelector<HTMLElement>(`[data-at="${at.join(' ')}"]`)?.focus());
  };

  return (
    <div className="page rules-scroll matrix-page">
      <div className="page-bar no-print">
        <label className="inline-field">
          <span>{t('matrix.siteFilter')}</span>
          <input
            type="search"
            value={words.site}
            onChange={({ target }) => find({ site: target.value })}
            data-testid="site-filter"
          />
        </label>
        <label className="inline-field">
          <span>{t('matrix.sourceFilter')}</span>
          <input type="search" value={words.source} onChange={({ target }) => find({ source: target.value })} />
        </label>
        <span className="top-space" />
        <button type="button" className="button" onClick={() => void save()} data-testid="csv">
          {t('matrix.csv')}
        </button>
        <button type="button" className="button" onClick={() => window.print()}>
          {t('matrix.print')}
        </button>
      </div>
      <Unknown sites={allSites} sources={book.sources} mayEdit={mayEdit} />
      <p className="hint">{t('matrix.legend')}</p>
      <Pending of={registered} />
      {registered.data && (sites.length === 0 || sources.length === 0) && <Empty title={t('matrix.empty')} />}
      {sites.length > 0 && sources.length > 0 && (
        <>
          <div className="matrix-scroll">
            <table
              ref={table}
              className="matrix"
              role="grid"
              aria-label={t('matrix.label')}
              onKeyDown={onKeyDown}
              data-testid="matrix"
            >
              <thead>
                <tr>
                  <th scope="col" className="matrix-corner">
                    {t('rules.sites')}
                  </th>
                  {sources.map((source) => (
                    <th key={source.sourceId} scope="col" title={source.name}>
                      <span>{source.name}</span>
                      {!source.publisher && <small className="tag tag-near">{t('matrix.unknown')}</small>}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {sites.map((site, row) => (
                  <tr key={site.siteId}>
                    <th scope="row">
                      {site.name} {!site.region && <small className="tag tag-near">{t('matrix.unknown')}</small>}
                    </th>
                    {sources.map((source, column) => {
                      const cell = cellOf(site, source);
                      const { limit: shown, said } = faceOf(cell);
                      const here = at[0] === row && at[1] === column;
                      return (
                        <td
                          key={source.sourceId}
                          role="gridcell"
                          tabIndex={here ? 0 : -1}
                          data-at={`${row} ${column}`}
                          data-owes={shown !== null}
                          data-said={said ?? undefined}
                          aria-label={t('matrix.cell', { site: site.name, source: source.name, what: spoken(cell) })}
                          onFocus={() => setAt([row, column])}
                          onClick={() => setOpened({ site, source })}
                          onKeyDown={({ key }) => key === 'Enter' && setOpened({ site, source })}
                          data-testid={`cell-${site.siteId}-${source.sourceId}`}
                        >
                          {text(cell)}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Pages
            what="site"
            from={from.site}
            size={sitesOfPage}
            total={foundSites.length}
            onGo={(site) => setFrom({ ...from, site })}
          />
          <Pages
            what="source"
            from={from.source}
            size={sourcesOfPage}
            total={foundSources.length}
            onGo={(source) => setFrom({ ...from, source })}
          />
        </>
      )}
      {opened && <MatrixCell {...opened} cell={cellOf(opened.site, opened.source)} mayEdit={mayEdit} onClose={close} />}
    </div>
  );
}

/** Nothing follows for what has no place in the hierarchy: said plainly, with where to mend it. */
function Unknown(props: { sites: SiteRow[]; sources: Source[]; mayEdit: boolean }): ReactElement {
  const t = useWords();
  const sources = props.sources.filter(({ publisher }) => !publisher);
  const sites = props.sites.filter(({ region }) => !region);
  return (
    <>
      {sources.length > 0 && (
        <p className="banner" data-testid="no-publisher">
          {t('matrix.noPublisher', { n: sources.length })}{' '}
          {sources.slice(0, 10).map(({ sourceId, name }) => (
            <Link
              key={sourceId}
              to={props.mayEdit ? '/sources/$sourceId/edit' : '/sources/$sourceId'}
              params={{ sourceId }}
              className="banner-link"
              title={t('matrix.setPublisher')}
            >
              {name}
            </Link>
          ))}
        </p>
      )}
      {sites.length > 0 && (
        <p className="banner" data-testid="no-region">
          {t('matrix.noRegion', { n: sites.length })}{' '}
          {sites.slice(0, 10).map(({ siteId, name }) =>
            props.mayEdit ? (
              <Link
                key={siteId}
                to="/admin/sites"
                search={{ edit: siteId }}
                className="banner-link"
                title={t('matrix.setRegion')}
              >
                {name}
              </Link>
            ) : (
              <span key={siteId} className="banner-link">
                {name}
              </span>
            ),
          )}
        </p>
      )}
    </>
  );
}

function Pages(props: {
  what: 'site' | 'source';
  from: number;
  size: number;
  total: number;
  onGo: (from: number) => void;
}): ReactElement | null {
  const { what, from, size, total, onGo } = props;
  const t = useWords();
  if (total <= size) return null;
  const to = Math.min(from + size, total);
  return (
    <p className="pages no-print">
      {t(what === 'site' ? 'matrix.pageSites' : 'matrix.pageSources', { from: from + 1, to, total })}
      <button type="button" className="button button-small" disabled={from === 0} onClick={() => onGo(from - size)}>
        {t('matrix.previous')}
      </button>
      <button type="button" className="button button-small" disabled={to === total} onClick={() => onGo(from + size)}>
        {t('matrix.next')}
      </button>
    </p>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
