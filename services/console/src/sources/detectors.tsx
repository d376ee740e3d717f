import { useQuery } from '@tanstack/react-query';
import type { SourceLook, SourceRow, SourceSettings, SourceStatus } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { sources } from '../api/views.ts';
import { sizeOf } from '../parts/bytes.ts';
import { ReceivedLink } from '../parts/received.tsx';
import { minute, precise, serverNow, timeOfDay } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';
import { useSpan } from './spans.ts';

type Status = SourceStatus['detectors'][number];

/** Each way in which a source is read: when next, why then, and what the last looks found. */
export function Detectors(props: {
  row: SourceRow;
  source: SourceSettings;
  status: SourceStatus | null;
}): ReactElement {
  const { row, source, status } = props;
  const t = useWords();
  const { data: list } = useQuery(sources());
  const settings = [source, ...source.also];
  return (
    <section>
      <h3>{t('source.detectors')}</h3>
      {status === null && <p className="banner">{t('source.noStatus')}</p>}
      {row.detectors.map(({ kind, url }, index) => {
        const known = status?.detectors.find((each) => each.url === url && each.kind === kind);
        const { selectors, within, stream } = settings[index] ?? {};
        return (
          <article key={`${kind} ${url}`} className="detector" data-testid="detector">
            <p className="detector-head">
              <span className="tag tag-press">{t(`source.kind.${kind}`)}</span>
              <a className="cell-address" href={url} target="_blank" rel="noreferrer noopener">
                {url}
              </a>
            </p>
            {selectors && (
              <p className="hint">
                {Object.entries(selectors).map(([name, selector]) => (
                  <span key={name} className="selector">
                    {t(`wizard.selector.${name as keyof typeof selectors}`)} <code>{selector}</code>
                  </span>
                ))}
              </p>
            )}
            {within && (
              <p className="hint">
                {t('wizard.within')} <code>{within}</code>
              </p>
            )}
            {stream && (
              <p className="hint">
                {t('wizard.stream')} <code>{stream}</code>
              </p>
            )}
            {kind === 'webhook' && list && (
              <p className="hint">
                {t('wizard.endpoint')} <code>{`${list.hooksUrl}${row.sourceId}`}</code>
              </p>
            )}
            {known && <Next status={known} />}
            {known && known.looks.length > 0 && <Looks sourceId={row.sourceId} looks={known.looks} />}
          </article>
        );
      })}
    </section>
  );
}

/** When it is looked at again, and why not sooner. */
function Next({ status: { state, nextAt, pace, failures, websub } }: { status: Status }): ReactElement {
  const t = useWords();
  const span = useSpan();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  const left = nextAt === null ? null : Math.max(0, (Date.parse(nextAt) - serverNow()) / 1_000);
  return (
    <p data-testid="next-look">
      {state === 'waiting' && nextAt !== null && left !== null
        ? left < 1
          ? t('source.nextSoon')
          : t('source.next', { time: timeOfDay(nextAt), span: span(left) })
        : t(`source.state.${state}`)}
      {state === 'waiting' && <span className="hint"> {t(`source.pace.${pace}`, { n: failures })}</span>}
      {websub && (
        <span className="hint">
          {' '}
          {t(`source.websub.${websub.state}`, {
            hub: new URL(websub.hub).host,
            n: websub.pushes,
            time: websub.leaseUntil ? minute(websub.leaseUntil) : '—',
          })}
        </span>
      )}
    </p>
  );
}

function Looks({ sourceId, looks }: { sourceId: string; looks: SourceLook[] }): ReactElement {
  const t = useWords();
  return (
    <table className="table table-dense" data-testid="looks">
      <thead>
        <tr>
          <th>{t('look.at')}</th>
          <th>{t('look.outcome')}</th>
          <th className="cell-number">HTTP</th>
          <th className="cell-number">{t('look.size')}</th>
          <th>{t('look.charset')}</th>
          <th className="cell-number">{t('look.entries')}</th>
          <th className="cell-number">{t('look.told')}</th>
          <th className="cell-number">{t('look.ms')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {looks.map((look) => {
          const { at, outcome, status, bytes, charset, entries, told, ms, trouble, snapshot } = look;
          const word = trouble && wordFor(`trouble.${trouble.code}`);
          return (
            <tr key={at}>
              <td className="cell-time">{precise(at)}</td>
              <td title={trouble?.detail}>
                <span className={`tag tag-look-${outcome}`}>{t(`look.${outcome}`)}</span>{' '}
                {trouble && (word ? t(word) : trouble.code)}
              </td>
              <td className="cell-number">{status ?? '—'}</td>
              <td className="cell-number">{bytes === null ? '—' : sizeOf(bytes)}</td>
              <td>{charset ?? '—'}</td>
              <td className="cell-number">{outcome === 'read' ? entries : '—'}</td>
              <td className="cell-number">{outcome === 'read' ? told : '—'}</td>
              <td className="cell-number">{ms}</td>
              <td>
                {snapshot && (
                  <ReceivedLink path={`/api/sources/${sourceId}/evidence/${snapshot}`}>{t('look.body')}</ReceivedLink>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
