import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { deadLetters } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { minute, short } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Messages that a service could not handle: to be seen, understood and tried again. */
export function DeadLettersPage(): ReactElement {
  const t = useWords();
  const letters = useQuery(deadLetters());
  const { data } = letters;
  const { refetch } = letters;
  const [replaying, setReplaying] = useState<ReadonlySet<number>>(new Set());
  const replay = async (position: number) => {
    setReplaying((before) => new Set(before).add(position));
    try {
      await post(`/api/dead-letters/${position}/replay`, {});
      announce('done', t('dead.replayed'));
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setReplaying((before) => new Set([...before].filter((each) => each !== position)));
    void refetch();
  };
  return (
    <div className="page">
      <p className="hint">{t('dead.hint')}</p>
      <Pending of={letters} />
      {data && data.rows.length === 0 && <Empty title={t('dead.empty')}>{t('dead.emptyHint')}</Empty>}
      {data && data.rows.length > 0 && (
        <table className="table" data-testid="dead-letters">
          <thead>
            <tr>
              <th>{t('dead.at')}</th>
              <th>{t('dead.consumer')}</th>
              <th>{t('dead.reason')}</th>
              <th className="cell-number">{t('dead.tries')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {data.rows.map((letter) => (
              <tr key={letter.position}>
                <td className="cell-time" title={minute(letter.deadAt)}>
                  {short(letter.deadAt)}
                </td>
                <td>{letter.consumer}</td>
                <td className="cell-wide">
                  {letter.reason}
                  <details>
                    <summary>
                      {t('dead.inspect')} · {letter.subject} #{letter.eventPosition}
                    </summary>
                    <pre className="letter">{pretty(letter.body)}</pre>
                  </details>
                </td>
                <td className="cell-number">{letter.tries}</td>
                <td>
                  <button
                    type="button"
                    className="button button-small"
                    disabled={replaying.has(letter.position)}
                    onClick={() => void replay(letter.position)}
                  >
                    {t('dead.replay')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
