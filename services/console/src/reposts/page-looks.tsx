import type { PageLook, RepostRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { ReceivedLink } from '../parts/received.tsx';
import { minute, precise } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';
import { percentOf } from './fidelity-words.ts';

type Task = Pick<RepostRow, 'site' | 'taskId'>;

const pathOf = ({ site, taskId }: Task) => `/api/reposts/${site}/${taskId}`;

/** What was found of a task's page from outside, the newest first, with the proof of each look. */
export function PageLooks({ row, looks }: { row: Task; looks: readonly PageLook[] }): ReactElement {
  const t = useWords();
  return (
    <section className="task-history" aria-label={t('outside.title')} data-testid="page-looks">
      <h3>{t('outside.title')}</h3>
      <p className="hint">{t('outside.hint')}</p>
      {looks.length === 0 && <p>{t('outside.none')}</p>}
      <ol className="looks">
        {looks.map((look) => (
          <Look key={`${look.as}-${look.at}`} row={row} look={look} isAbsent={isOfAbsence(look)} />
        ))}
      </ol>
    </section>
  );
}

const isOfAbsence = ({ checks }: PageLook) => checks.some(({ name }) => name === 'page_gone');

function Look({ row, look, isAbsent }: { row: Task; look: PageLook; isAbsent: boolean }): ReactElement {
  const t = useWords();
  const { as, at, kind, reason, status, shown, snapshot, checks, files, changes } = look;
  const what = as === 'rechecked' && isAbsent ? 'absent' : as;
  return (
    <li className={`look look-${as}`} data-testid="look" data-as={as}>
      <div className="look-facts">
        <p>
          <span className={`tag ${as === 'drifted' ? 'tag-drifted' : 'tag-good'}`}>{t(`outside.as.${what}`)}</span>{' '}
          <time dateTime={at} title={minute(at)}>
            {precise(at)}
          </time>
          {status !== null && <span> · {t('outside.status', { status })}</span>}
          {shown !== null && <span> · {t('outside.shown', { percent: percentOf(shown) })}</span>}
        </p>
        {kind ? <p className="look-kind">{t(`outside.drift.${kind}`)}</p> : null}
        {reason && <p className="said">{reason}</p>}
        {checks.length > 0 && (
          <ul className="look-checks">
            {checks.map(({ name, ok }) => (
              <li key={name} className={ok ? 'check-ok' : 'check-wrong'}>
                <span aria-hidden="true">{ok ? '✓' : '✗'}</span> {t(`outside.check.${name}`)}
                <span className="unseen">{t(ok ? 'outside.ok' : 'outside.notOk')}</span>
              </li>
            ))}
          </ul>
        )}
        {files.length > 0 && (
          <details>
            <summary>{t('outside.files', { n: files.length })}</summary>
            <ul className="look-files">
              {files.map(({ name, hash, address, found, detail }) => (
                <li key={`${hash} ${address ?? ''}`}>
                  {name || hash.slice(0, 12)}：{t(`outside.file.${found}`)}
                  {detail && <small> {detail}</small>}
                </li>
              ))}
            </ul>
          </details>
        )}
        {changes.length > 0 && (
          <table className="look-changes">
            <caption>{t('outside.changes')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('outside.was')}</th>
                <th scope="col">{t('outside.now')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ was, now }) => (
                <tr key={`${was}→${now}`}>
                  <td>{was}</td>
                  <td>{now || t('outside.nothing')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {snapshot && (
          <p className="no-print">
            <ReceivedLink path={`${pathOf(row)}/evidence/${snapshot}`}>{t('outside.answer')}</ReceivedLink>
          </p>
        )}
      </div>
      <Picture row={row} look={look} />
    </li>
  );
}

/** The page as a browser showed it, small; it opens as a whole. Or why there is none. */
function Picture({ row, look }: { row: Task; look: PageLook }): ReactElement | null {
  const t = useWords();
  const [open, setOpen] = useState(false);
  const { picture, pictureState, pictureAt, at } = look;
  const why = wordFor(`outside.picture.${pictureState}`);
  if (!picture) return why && <p className="look-picture hint">{t(why)}</p>;
  const { hash, width, height, whole } = picture;
  const address = `${pathOf(row)}/pictures/${hash}`;
  const alt = t('outside.picture.alt', { time: minute(pictureAt ?? at), width, height });
  return (
    <div className="look-picture">
      <button type="button" className="look-thumb" onClick={() => setOpen(true)} data-testid="page-picture">
        <img src={address} alt={alt} width={width} height={height} loading="lazy" />
        <span className="unseen">{t('outside.picture.open')}</span>
      </button>
      {open && (
        <Dialog title={t('outside.picture.open')} onClose={() => setOpen(false)} wide>
          {!whole && <p className="hint">{t('outside.picture.cut', { height })}</p>}
          <div className="look-whole" tabIndex={0} role="group" aria-label={alt}>
            <img src={address} alt={alt} width={width} height={height} />
          </div>
          <div className="dialog-actions">
            <a className="button" href={address} target="_blank" rel="noreferrer noopener">
              {t('outside.picture.save')}
            </a>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              {t('app.close')} <kbd>Esc</kbd>
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
