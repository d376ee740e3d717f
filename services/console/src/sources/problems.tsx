import type { Evidence, SourceRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { sizeOf } from '../parts/bytes.ts';
import { ReceivedLink } from '../parts/received.tsx';
import { minute, precise, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useSpan } from './spans.ts';
import { ToDo, TroubleWords } from './trouble-words.tsx';

const evidencePath = (sourceId: string, { snapshot }: Evidence) => `/api/sources/${sourceId}/evidence/${snapshot}`;

/** Everything that is wrong with a source now: what happened, since when, what was received, and what to do. */
export function Problems({ row }: { row: SourceRow }): ReactElement | null {
  const t = useWords();
  const span = useSpan();
  const { sourceId, troubles, quiet, disagreements, detectors } = row;
  if (troubles.length + disagreements.length === 0 && !quiet) return null;
  const several = detectors.length > 1;
  return (
    <section data-testid="problems">
      <h3>{t('sources.problems')}</h3>
      {troubles.map(({ detector, code, detail, since, evidence, escalatedHours }) => (
        <article key={detector} className={escalatedHours > 0 ? 'problem problem-grave' : 'problem'}>
          <p>
            <TroubleWords code={code} detail={detail} />
          </p>
          <p className="hint">
            {t('sources.since', { time: minute(since) })}
            {several && ` · ${detector}`}
            {escalatedHours > 0 && ` · ${t('sources.escalated', { n: escalatedHours })}`}
          </p>
          <ToDo code={code} />
          {evidence && <ReceivedLink path={evidencePath(sourceId, evidence)} />}
        </article>
      ))}
      {disagreements.map(({ detector, missing, since }) => (
        <article key={detector} className="problem problem-mild">
          <p>
            <strong>{t('sources.disagreement', { detector })}</strong>
          </p>
          <p className="hint">{t('sources.since', { time: minute(since) })}</p>
          <ul>
            {missing.map(({ title, link }) => (
              <li key={`${title} ${link}`}>
                {link ? (
                  <a href={link} target="_blank" rel="noreferrer noopener">
                    {title}
                  </a>
                ) : (
                  title
                )}
              </li>
            ))}
          </ul>
          <p className="todo">{t('sources.todo', { what: t('todo.disagreement') })}</p>
        </article>
      ))}
      {quiet && (
        <article className="problem problem-mild">
          <p>
            <strong>{t('sources.quiet', { time: minute(quiet.lastAt), usual: span(quiet.usualSeconds) })}</strong>
          </p>
          <p className="todo">{t('sources.todo', { what: t('todo.quiet') })}</p>
        </article>
      )}
    </section>
  );
}

/** The newest entries that could not become items: nothing is dropped in silence. */
export function Rejected({ row: { sourceId, rejected } }: { row: SourceRow }): ReactElement | null {
  const t = useWords();
  if (rejected.length === 0) return null;
  return (
    <section data-testid="rejected">
      <h3>{t('sources.rejected', { n: rejected.length })}</h3>
      {rejected.map(({ title, code, detail, at, evidence }) => (
        <article key={`${at} ${title} ${code}`} className="problem problem-mild">
          <p>
            <time className="hint" title={minute(at)}>
              {short(at)}
            </time>{' '}
            {title || t('sources.untitled')}
          </p>
          <p>
            <TroubleWords code={code} detail={detail} />
          </p>
          <ToDo code={code} />
          {evidence && <ReceivedLink path={evidencePath(sourceId, evidence)} />}
        </article>
      ))}
    </section>
  );
}

/** The newest answers that brought items, as they were received. */
export function LastReceived({ row: { sourceId, received } }: { row: SourceRow }): ReactElement | null {
  const t = useWords();
  if (received.length === 0) return null;
  return (
    <section>
      <h3>{t('source.received')}</h3>
      <table className="table table-dense" data-testid="received">
        <thead>
          <tr>
            <th>{t('look.at')}</th>
            <th>{t('evidence.address')}</th>
            <th className="cell-number">HTTP</th>
            <th className="cell-number">{t('look.size')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {received.map((evidence) => (
            <tr key={evidence.snapshot}>
              <td className="cell-time">{precise(evidence.seenAt)}</td>
              <td className="cell-wide cell-address">{evidence.url}</td>
              <td className="cell-number">{evidence.status}</td>
              <td className="cell-number">{sizeOf(evidence.bytes)}</td>
              <td>
                <ReceivedLink path={evidencePath(sourceId, evidence)}>{t('look.body')}</ReceivedLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
