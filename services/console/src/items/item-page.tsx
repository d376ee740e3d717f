import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ItemDetail } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { ApiError } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import { item } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { sizeOf } from '../parts/bytes.ts';
import { Frame } from '../parts/frame.tsx';
import { usePublished } from '../parts/published.ts';
import { Received } from '../parts/received.tsx';
import { Pending } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, precise, serverNow } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';
import { AssignDialog } from '../routing/assign-dialog.tsx';
import { useAssign } from '../routing/use-assign.ts';
import { DecisionRecord } from './decision-record.tsx';
import { DiffView } from './diff-view.tsx';
import { useLastList } from './last-list.ts';
import { Losses } from './losses.tsx';
import { PresenceTag } from './presence-tag.tsx';

type Version = ItemDetail['versions'][number];

/** One item: what was published, what became of it, and the proof of both. Prints as a sheet of evidence. */
export function ItemPage(): ReactElement {
  const { sourceId, itemId } = useParams({ from: '/items/$sourceId/$itemId' });
  const navigate = useNavigate();
  const answer = useQuery(item(sourceId, itemId));
  const { data, error } = answer;
  const { filter } = useLastList();
  useEffect(() => useLastList.setState({ itemId }), [itemId]);
  const back = () => void navigate({ to: '/items', search: filter });
  useShortcuts([{ keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: back }]);
  if (error instanceof ApiError && error.status === 404) return <MissingPage />;
  return data ? <Opened detail={data} /> : <Pending of={answer} />;
}

function Opened({ detail }: { detail: ItemDetail }): ReactElement {
  const t = useWords();
  const published = usePublished();
  const { row, versions, timeline } = detail;
  const unrouted = row.routing?.effect === 'unrouted' ? row.routing : null;
  const { sourceId, itemId } = row;
  const { filter } = useLastList();
  const { v, with: other } = useSearch({ from: '/items/$sourceId/$itemId' });
  const navigate = useNavigate({ from: '/items/$sourceId/$itemId' });
  const last = versions.at(-1)!;
  const shown = versions.find(({ version }) => version === v) ?? last;
  const compared = other === undefined ? undefined : versions.find(({ version }) => version === other);
  const choose = (search: { v?: number; with?: number }) => void navigate({ search, replace: true });
  const before = versions[versions.indexOf(shown) - 1];
  const toggle = () => choose({ v: shown.version, ...(!compared && before && { with: before.version }) });
  useShortcuts([
    ...(before || compared
      ? [{ keys: ['d'], says: 'items.compare' as const, group: 'keys.decision' as const, run: toggle }]
      : []),
    ...(row.link
      ? [
          {
            keys: ['v'],
            says: 'task.openSource' as const,
            group: 'keys.decision' as const,
            run: () => void window.open(row.link ?? '', '_blank', 'noopener,noreferrer'),
          },
        ]
      : []),
  ]);
  const path = `/api/items/${sourceId}/${itemId}`;
  return (
    <div className="item" data-testid="item-page">
      <header className="task-head">
        <p className="crumbs no-print">
          <Link to="/items" search={filter}>
            {t('nav.items')}
          </Link>{' '}
          <kbd>Esc</kbd>
        </p>
        <h2 className="task-title">{row.title}</h2>
        <p className="print-only">{t('items.sheet')}</p>
        <div className="task-facts">
          <PresenceTag presence={row.presence} />
          {unrouted && <span className="tag tag-waiting">{t('items.unrouted')}</span>}
          <Link to="/sources/$sourceId" params={{ sourceId }}>
            {row.sourceName}
          </Link>
          {row.documentNumber && <span>{row.documentNumber}</span>}
          {row.issuer && <span>{row.issuer}</span>}
          {row.column && <span>{row.column}</span>}
          <span>{t('items.publishedAt', { time: published(row.publication) })}</span>
          <span>{t('task.firstSeen', { time: minute(row.firstSeenAt) })}</span>
        </div>
        {unrouted?.routeBy && <p className="hint">{t('items.unroutedHint', { time: minute(unrouted.routeBy) })}</p>}
      </header>
      <div className="item-body">
        <section className="item-text" aria-label={t('items.versions')}>
          <div className="item-bar no-print">
            {versions.map(({ version, seenAt }) => (
              <button
                key={version}
                type="button"
                className={version === shown.version && !compared ? 'chip chip-here' : 'chip'}
                aria-pressed={version === shown.version && !compared}
                onClick={() => choose({ v: version })}
                title={precise(seenAt)}
                data-testid="version"
              >
                {t('items.version', { n: version })}
              </button>
            ))}
            {versions.length > 1 && (
              <Comparison versions={versions} shown={shown} compared={compared} choose={choose} />
            )}
            <span className="top-space" />
            {row.link && (
              <a href={row.link} target="_blank" rel="noreferrer noopener">
                {t('task.openSource')} <kbd>V</kbd>
              </a>
            )}
            <button type="button" className="button button-small" onClick={() => window.print()}>
              {t('items.print')}
            </button>
          </div>
          {compared ? (
            <DiffView
              before={comparable(compared, t('items.attachment'))}
              after={comparable(shown, t('items.attachment'))}
            />
          ) : (
            <Frame key={shown.contentHash} title={t('items.version', { n: shown.version })} html={shown.page} />
          )}
          <div className="print-only sheet-text">
            <h3>{t('items.version', { n: shown.version })}</h3>
            {shown.text.split('\n').map((line, index) => (
              <p key={String(index)}>{line}</p>
            ))}
          </div>
        </section>
        <aside className="item-side">
          <Routing detail={detail} />
          <Proof version={shown} path={path} />
          <Losses timeline={timeline} path={path} />
          <Versions versions={versions} />
          <Files detail={detail} path={path} />
          <Tasks tasks={detail.tasks} />
          <section>
            <h3>{t('task.history')}</h3>
            <Timeline entries={timeline} />
          </section>
          <p className="print-only hint">{t('items.printed', { time: minute(serverNow()) })}</p>
        </aside>
      </div>
    </div>
  );
}

/** Why it is owed by whom; what binds nobody yet can be taken up from here. */
function Routing({ detail }: { detail: ItemDetail }): ReactElement {
  const t = useWords();
  const me = useMe();
  const { busy, assign } = useAssign();
  const [assigning, setAssigning] = useState(false);
  const { row, routing } = detail;
  const may = hasRole(me, 'editor') && row.routing !== null && row.routing.effect !== 'mandatory';
  return (
    <section data-testid="routing">
      <h3>{t('decision.title')}</h3>
      <DecisionRecord routing={routing} />
      {may && (
        <p className="no-print">
          <button
            type="button"
            className="button button-small"
            onClick={() => setAssigning(true)}
            data-testid="take-up"
          >
            {t('decision.take')}
          </button>
        </p>
      )}
      {assigning && (
        <AssignDialog
          detail={detail}
          busy={busy}
          onAssign={async (assignment) => {
            if (await assign(row, assignment)) setAssigning(false);
          }}
          onClose={() => setAssigning(false)}
        />
      )}
    </section>
  );
}

/** What two versions are compared by: their words, with the names of what hangs on them. */
const comparable = ({ title, text, attachments }: Version, attachment: string) =>
  [title, ...text.split('\n'), ...attachments.map(({ name }) => `${attachment}：${name}`)].join('\n');

function Comparison(props: {
  versions: Version[];
  shown: Version;
  compared: Version | undefined;
  choose: (search: { v: number; with?: number }) => void;
}): ReactElement {
  const { versions, shown, compared, choose } = props;
  const t = useWords();
  const { version: v } = shown;
  return (
    <label className="inline-field">
      <span>
        {t('items.compare')} <kbd>D</kbd>
      </span>
      <select
        value={compared?.version ?? ''}
        onChange={({ target: { value } }) => choose({ v, ...(value && { with: Number(value) }) })}
        data-testid="compare"
      >
        <option value="">{t('items.compareNot')}</option>
        {versions
          .filter(({ version }) => version !== v)
          .map(({ version }) => (
            <option key={version} value={version}>
              {t('items.compareWith', { v, n: version })}
            </option>
          ))}
      </select>
    </label>
  );
}

/** Proof of first sight: what the server said when this version was seen. */
function Proof({ version, path }: { version: Version; path: string }): ReactElement {
  const t = useWords();
  const { evidence, position, entryHash, contentHash } = version;
  return (
    <section>
      <h3>{t('items.evidence', { n: version.version })}</h3>
      {evidence ? (
        <Received key={evidence.snapshot} path={`${path}/evidence/${evidence.snapshot}`} withMessage />
      ) : (
        <p className="hint">{t('items.noEvidence')}</p>
      )}
      <dl className="listed">
        <div>
          <dt>{t('items.position')}</dt>
          <dd>#{position}</dd>
        </div>
        <div>
          <dt>{t('items.entryHash')}</dt>
          <dd>
            <code className="hash">{entryHash}</code>
          </dd>
        </div>
        <div>
          <dt>{t('items.contentHash')}</dt>
          <dd>
            <code className="hash">{contentHash}</code>
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** All versions in one table, for the printed sheet: on the screen they are the buttons above the text. */
function Versions({ versions }: { versions: Version[] }): ReactElement {
  const t = useWords();
  return (
    <section className="print-only">
      <h3>{t('items.versions')}</h3>
      <table className="table">
        <thead>
          <tr>
            <th>{t('items.colVersion')}</th>
            <th>{t('items.colSeen')}</th>
            <th>{t('items.position')}</th>
            <th>{t('items.contentHash')}</th>
          </tr>
        </thead>
        <tbody>
          {versions.map(({ version, seenAt, position, contentHash }) => (
            <tr key={version}>
              <td>{version}</td>
              <td>{minute(seenAt)}</td>
              <td>#{position}</td>
              <td>
                <code className="hash">{contentHash}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Copies of images and attachments, because upstream may move them; and which could not be had, and why. */
function Files({ detail, path }: { detail: ItemDetail; path: string }): ReactElement {
  const t = useWords();
  const { files, failedFiles, versions } = detail;
  const waiting = files.length + failedFiles.length === 0 ? (versions.at(-1)?.attachments ?? []) : [];
  return (
    <section data-testid="files">
      <h3>{t('items.files')}</h3>
      {files.length + failedFiles.length + waiting.length === 0 && <p className="hint">{t('items.noFiles')}</p>}
      <ul className="files">
        {files.map(({ url, name, hash, bytes, mediaType }) => (
          <li key={url}>
            <a href={`${path}/files/${hash}`} download={mediaType.startsWith('image/') ? undefined : name}>
              {name || url.split('/').at(-1)}
            </a>
            <span className="hint">
              {mediaType} · {sizeOf(bytes)}
            </span>
            <code className="hash" title={hash}>
              {hash}
            </code>
          </li>
        ))}
        {failedFiles.map(({ url, code, detail: why }) => {
          const word = wordFor(`trouble.${code}`);
          return (
            <li key={url}>
              <span className="tag tag-failed">{t('items.notKept')}</span>{' '}
              <a href={url} target="_blank" rel="noreferrer noopener">
                {url.split('/').at(-1) || url}
              </a>
              <span className="hint">
                {word ? t(word) : code} {why}
              </span>
            </li>
          );
        })}
        {waiting.map(({ url, name }) => (
          <li key={url}>
            <span className="tag tag-near">{t('items.notYetKept')}</span>{' '}
            <a href={url} target="_blank" rel="noreferrer noopener">
              {name || url}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which of our sites owe it, and how far they are. */
function Tasks({ tasks }: { tasks: ItemDetail['tasks'] }): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  return (
    <section data-testid="item-tasks">
      <h3>{t('items.tasks')}</h3>
      {tasks.length === 0 && <p className="hint">{t('items.noTasks')}</p>}
      <ul className="delivery-list">
        {tasks.map(({ site, taskId, state, dueAt }) => (
          <li key={`${site}/${taskId}`}>
            <Link to="/reposts/$site/$taskId" params={{ site, taskId }}>
              {siteName(site)}
            </Link>
            <span className="item-task">
              {state === 'queued' && Date.parse(dueAt) < serverNow() ? (
                <span className="tag tag-overdue">{t('clock.overdue')}</span>
              ) : (
                <span className={`tag tag-${state}`}>{t(`state.${state}`)}</span>
              )}
              <span className="hint">{t('items.due', { time: minute(dueAt) })}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
