import { useQuery } from '@tanstack/react-query';
import type { CallLine, ConversationFacts, ToldCall } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { Pending } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';

type Where = { site: string; deliveryId: string };

/** What was said in an attempt or a look: a line a call, and all of it on request. */
export function ConversationView({ of, where }: { of: ConversationFacts; where: Where }): ReactElement {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="conversation" data-testid="conversation">
      <ul className="calls">
        {of.calls.map((call, i) => (
          <li key={i}>
            <CallHead call={call} />
          </li>
        ))}
      </ul>
      {of.transcript !== null ? (
        <button
          type="button"
          className="link"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          data-testid="open-transcript"
        >
          {t(isOpen ? 'conversation.hide' : 'conversation.show')}
        </button>
      ) : (
        <span className="hint">{t('conversation.short')}</span>
      )}
      {isOpen && of.transcript !== null && <Whole hash={of.transcript} where={where} />}
    </div>
  );
}

function CallHead({ call: { method, address, status, connectMs, ms } }: { call: CallLine }): ReactElement {
  const t = useWords();
  return (
    <>
      <code>{method}</code> <code className="call-address">{address}</code>{' '}
      <strong>{status ?? (method.length > 4 || method === 'SMTP' ? '' : t('conversation.noAnswer'))}</strong>{' '}
      <span className="hint">
        {connectMs !== null && `${t('conversation.connect', { ms: connectMs })} · `}
        {t('conversation.total', { ms })}
      </span>
    </>
  );
}

function Whole({ hash, where }: { hash: string; where: Where }): ReactElement {
  const t = useWords();
  const answer = useQuery(views.transcript(where.site, where.deliveryId, hash));
  const { data } = answer;
  if (!data) return <Pending of={answer} />;
  if (!data.transcript) return <p className="banner banner-refused">{t('conversation.missing')}</p>;
  return (
    <div data-testid="transcript">
      <p>
        <span className={data.intact ? 'tag tag-good' : 'tag tag-overdue'}>
          {t(data.intact ? 'evidence.intact' : 'evidence.damaged')}
        </span>{' '}
        <code className="hash">{hash.slice(0, 16)}</code> <span className="hint">{t('conversation.masked')}</span>
      </p>
      {data.transcript.calls.map((call, i) => (
        <Call key={i} call={call} />
      ))}
    </div>
  );
}

const headers = (list: readonly { name: string; value: string }[]) =>
  list.map(({ name, value }) => `${name}: ${value}`).join('\n');

function Call({ call }: { call: ToldCall }): ReactElement {
  const t = useWords();
  const { request, answer, detail, lines, firstByteMs, atMs } = call;
  return (
    <section className="told-call">
      <p className="told-head">
        <CallHead call={call} />
      </p>
      <p className="hint">
        {t('conversation.at', { ms: atMs })}
        {firstByteMs !== null && ` · ${t('conversation.firstByte', { ms: firstByteMs })}`}
      </p>
      {lines.length > 0 && (
        <pre className="told-text" tabIndex={0}>
          {lines.join('\n')}
        </pre>
      )}
      {lines.length === 0 && (
        <div className="told-two">
          <div>
            <p className="told-head">
              {t('conversation.request')}{' '}
              {request.bytes !== null && <small>{t('conversation.bytes', { n: request.bytes })}</small>}
            </p>
            <pre className="told-text" tabIndex={0}>
              {`${headers(request.headers)}\n\n${request.body}`.trim()}
            </pre>
          </div>
          <div>
            <p className="told-head">
              {t('conversation.answer')} {answer && <small>{t('conversation.bytes', { n: answer.bytes })}</small>}
            </p>
            <pre className="told-text" tabIndex={0}>
              {answer ? `${headers(answer.headers)}\n\n${answer.body}`.trim() : t('conversation.noAnswer')}
            </pre>
          </div>
        </div>
      )}
      {detail !== '' && (
        <p>
          {t('conversation.connection')} <code>{detail}</code>
        </p>
      )}
    </section>
  );
}
