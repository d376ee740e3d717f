import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ApiError } from '../api/client.ts';
import { repost } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Pending } from '../parts/states.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { useWords } from '../words/index.ts';
import { HeldBar } from './held-bar.tsx';
import { useLastQueue } from './last-queue.ts';
import { TaskPanel } from './task-panel.tsx';

const none: ReadonlySet<string> = new Set();

/** One task on the whole page; its address can be sent to a colleague. */
export function TaskPage(): ReactElement {
  const t = useWords();
  const { site, taskId } = useParams({ from: '/reposts/$site/$taskId' });
  const navigate = useNavigate();
  const answer = useQuery(repost(site, taskId));
  const { data, error } = answer;
  const back = () =>
    void navigate({ to: '/reposts', search: { ...useLastQueue.getState().search, task: `${site}/${taskId}` } });
  useShortcuts([{ keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: back }]);
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  return (
    <div className="task-page">
      <p className="crumbs">
        <Link to="/reposts" search={useLastQueue.getState().search}>
          {t('queue.title')}
        </Link>{' '}
        <kbd>Esc</kbd>
      </p>
      <Pending of={answer} />
      {data && <HeldBar rows={[data.row]} batch={none} onUndone={() => {}} />}
      {data && <TaskPanel row={data.row} onDecided={(_, said) => announce('done', said)} />}
    </div>
  );
}
