import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { readBytes } from '../api/client.ts';
import { evidence } from '../api/views.ts';
import { minute, timeOfDay } from '../time.ts';
import { useWords } from '../words/index.ts';
import { sizeOf } from './bytes.ts';
import { Dialog } from './dialog.tsx';
import { Pending } from './states.tsx';

/** What a server answered, hashed again as it is shown. `path` is where the evidence lies. */
export function Received({ path, withMessage }: { path: string; withMessage?: boolean }): ReactElement {
  const t = useWords();
  const answer = useQuery(evidence(path));
  const { data } = answer;
  if (!data) return <Pending of={answer} />;
  const { url, seenAt, statusLine, headers, snapshot, bodyHash, bytes, intact } = data;
  return (
    <div className="received" data-testid="evidence" data-intact={intact}>
      <p>
        {intact ? (
          <span className="tag tag-good">{t('evidence.intact')}</span>
        ) : (
          <span className="tag tag-overdue">{t('evidence.damaged')}</span>
        )}
      </p>
      <dl className="listed">
        <div>
          <dt>{t('evidence.seen')}</dt>
          <dd>
            {minute(seenAt)}:{timeOfDay(seenAt).slice(6)}
          </dd>
        </div>
        <div>
          <dt>{t('evidence.address')}</dt>
          <dd>
            <a href={url} target="_blank" rel="noreferrer noopener">
              {url}
            </a>
          </dd>
        </div>
        <div>
          <dt>{t('evidence.answer')}</dt>
          <dd>
            <code>{statusLine || '—'}</code> · {sizeOf(bytes)}
          </dd>
        </div>
        <div>
          <dt>{t('evidence.bodyHash')}</dt>
          <dd>
            <code className="hash">{bodyHash}</code>
          </dd>
        </div>
        <div>
          <dt>{t('evidence.snapshot')}</dt>
          <dd>
            <code className="hash">{snapshot}</code>
          </dd>
        </div>
      </dl>
      <details className="headers" open={withMessage}>
        <summary>{t('evidence.headers', { n: headers.length })}</summary>
        <table>
          <tbody>
            {headers.map(({ name, value }, i) => (
              <tr key={`${name} ${String(i)}`}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <p className="downloads no-print">
        <a className="button button-small" href={`${path}/body`} download>
          {t('evidence.body')}
        </a>
        {withMessage && (
          <a className="button button-small" href={`${path}/message`} download>
            {t('evidence.message')}
          </a>
        )}
      </p>
    </div>
  );
}

/** A link to what was received, which opens over the page. */
export function ReceivedLink({ path, children }: { path: string; children?: string }): ReactElement {
  const t = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="link" onClick={() => setOpen(true)}>
        {children ?? t('evidence.open')}
      </button>
      {open && (
        <Dialog title={t('evidence.title')} onClose={() => setOpen(false)} wide>
          <Received path={path} />
          <Beginning path={path} />
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              {t('app.close')} <kbd>Esc</kbd>
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

const shownCharacters = 3_000;

/** The first characters of the body as text, never as a page. */
function Beginning({ path }: { path: string }): ReactElement | null {
  const t = useWords();
  const { data } = useQuery({
    queryKey: ['beginning', path],
    queryFn: async ({ signal }) => textOf(await readBytes(`${path}/body`, signal)),
    staleTime: Infinity,
  });
  if (!data) return null;
  return (
    <>
      <h3>{t('evidence.beginning')}</h3>
      <pre className="letter" tabIndex={0}>
        {data}
      </pre>
    </>
  );
}

/** Chinese that is not UTF-8 is GB18030. */
function textOf(bytes: ArrayBuffer): string {
  const head = bytes.slice(0, shownCharacters * 4);
  const text = new TextDecoder('utf-8').decode(head, { stream: true });
  const best = text.includes('\uFFFD') ? new TextDecoder('gb18030').decode(head) : text;
  return best.slice(0, shownCharacters);
}
