import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import type { Me, SessionDuty } from '@tongsheng/contracts';
import { Suspense, useEffect, useRef, useState, type ComponentType, type ReactElement } from 'react';
import { ApiError, remove, speakAs } from '../api/client.ts';
import { connectLive, useLive } from '../api/live.ts';
import { queueFigures, session, unrouted } from '../api/views.ts';
import { AlarmBar, OnDuty, useMyAlarms } from '../duty/alarm-bar.tsx';
import { useShortcuts } from '../keys.ts';
import { Announcer } from '../parts/announcer.tsx';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/states.tsx';
import { askedIn } from '../reposts/asked.ts';
import { waiting } from '../routing/unrouted-rows.ts';
import { MeProvider } from '../session.ts';
import { precise, serverNow, timeOfDay } from '../time.ts';
import { useLanguage, useWords, type Word } from '../words/index.ts';
import { Help } from './help.tsx';
import { entryOf, menu, sees } from './menu.ts';
import { ForbiddenPage } from './plain-pages.tsx';
import { SignIn } from './sign-in.tsx';

export type UnreadyProps = { must: SessionDuty; onSignOut: () => void };

/** The frame of every page; nobody gets past it without a session, nor before what comes first is done: `Unready`. */
export function Shell({ Unready }: { Unready: ComponentType<UnreadyProps> }): ReactElement {
  const client = useQueryClient();
  const { data: me, error, isPending, refetch } = useQuery({ ...session(), staleTime: Infinity });
  const last = useRef<Me | null>(null);
  speakAs(me ?? null);
  if (me) last.current = me;
  const signedOut = error instanceof ApiError && error.status === 401;
  if (!me && error && !signedOut) {
    return (
      <main className="plain">
        <Trouble error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  const known = me ?? last.current;
  if (!known) return isPending ? <div className="boot" /> : <SignIn last={null} />;
  return (
    <>
      {!me && <SignIn last={known.personId} />}
      {me?.must && (
        <Suspense fallback={<div className="boot" />}>
          <Unready must={me.must} onSignOut={() => void signOut(client)} />
        </Suspense>
      )}
      {/* What someone had on the screen waits behind the door, unseen, for the same person. */}
      {known.must === null && (
        <div hidden={!me} className="behind-door">
          <MeProvider value={known}>
            <Frame me={known} key={known.personId} />
          </MeProvider>
        </div>
      )}
    </>
  );
}

function Frame({ me }: { me: Me }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const here = entryOf(pathname);
  const word: Word = here?.word ?? (pathname === '/account' ? 'nav.account' : 'app.name');
  const [help, setHelp] = useState(false);
  const [folded, setFolded] = useState<boolean | null>(null);
  const narrow = folded ?? pathname.startsWith('/reposts');

  useEffect(() => connectLive(client, me), [client, me]);
  const waiting = useMyAlarms(me).length;
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}!) ` : ''}${t(word)} · ${t('app.name')}`;
  });
  const visible = menu.filter((entry) => sees(entry, me));
  useShortcuts([
    { keys: ['?'], says: 'keys.help', group: 'keys.anywhere', run: () => setHelp(true) },
    ...visible.map(({ key, word, to }) => ({
      keys: [`g ${key}`],
      says: word as Word,
      group: 'keys.anywhere' as const,
      run: () => void navigate({ to }),
    })),
  ]);

  return (
    <div className={narrow ? 'shell shell-narrow' : 'shell'}>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <nav className="side" aria-label={t('app.menu')}>
        <Link to="/" className="side-brand">
          <img src="/icon.svg" alt="" width="26" height="26" />
          <span>{t('app.name')}</span>
        </Link>
        {visible.map(({ to, word, icon, key }) => (
          <Link
            key={to}
            to={to}
            className={here?.to === to ? 'side-link side-here' : 'side-link'}
            activeProps={{}}
            title={`${t(word)}  g ${key}`}
          >
            <Icon name={icon} />
            <span>{t(word)}</span>
            {to === '/reposts' && <ReviewCount />}
            {to === '/reposts/unrouted' && <UnroutedCount />}
          </Link>
        ))}
      </nav>
      <div className="stage">
        <header className="top">
          <button type="button" className="icon-button" aria-label={t('app.menu')} onClick={() => setFolded(!narrow)}>
            <Icon name="menu" />
          </button>
          <h1 className="top-title">{t(word)}</h1>
          <span className="top-space" />
          <OnDuty />
          <BeijingClock />
          <LiveDot />
          <button type="button" className="link" onClick={() => setHelp(true)}>
            {t('app.help')} <kbd>?</kbd>
          </button>
          <LanguageSwitch />
          <Person me={me} />
        </header>
        <OfflineBanner />
        {pathname !== '/duty' && <AlarmBar me={me} />}
        <main id="content" className="content" tabIndex={0}>
          {here && !sees(here, me) ? <ForbiddenPage /> : <Outlet />}
        </main>
      </div>
      {help && <Help onClose={() => setHelp(false)} />}
      <Announcer />
    </div>
  );
}

/** How many reposts wait for my signature after another's. */
function ReviewCount(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(queueFigures(askedIn({}, 'review')));
  const n = data?.total ?? 0;
  if (n === 0) return null;
  return (
    <b className="side-count" title={t('nav.waitsForMe', { n })} data-testid="nav-review">
      {n}
    </b>
  );
}

/** How many items wait for a person, wherever one is. */
function UnroutedCount(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(unrouted());
  const n = waiting(data ?? []).length;
  if (n === 0) return null;
  return (
    <b className="side-count" title={t('nav.waiting', { n })} data-testid="nav-unrouted">
      {n}
    </b>
  );
}

function BeijingClock(): ReactElement {
  const t = useWords();
  const element = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    const paint = () => {
      if (element.current) element.current.textContent = timeOfDay(serverNow());
    };
    paint();
    const timer = setInterval(paint, 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="top-clock">
      {t('app.beijing')} <time ref={element} />
    </span>
  );
}

function LiveDot(): ReactElement {
  const t = useWords();
  const state = useLive((live) => live.state);
  const words = { connecting: 'live.connecting', live: 'live.on', offline: 'live.off' } as const;
  return (
    <span className={`live live-${state}`} data-testid="live" data-live={state}>
      {t(words[state])}
    </span>
  );
}

function OfflineBanner(): ReactElement | null {
  const t = useWords();
  const { state, lastBeat } = useLive();
  if (state !== 'offline') return null;
  return (
    <p className="banner banner-offline" role="alert">
      {t('live.banner', { time: lastBeat ? precise(lastBeat) : '—' })}
    </p>
  );
}

function LanguageSwitch(): ReactElement {
  const t = useWords();
  const { language, use } = useLanguage();
  return (
    <button type="button" className="link" onClick={() => use(language === 'zh' ? 'en' : 'zh')} data-testid="language">
      {t('app.language')}
    </button>
  );
}

async function signOut(client: QueryClient): Promise<void> {
  await remove('/api/session').catch(() => undefined);
  // Nothing of one person's work stays on a shared computer.
  client.clear();
  location.assign('/');
}

function Person({ me }: { me: Me }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  return (
    <span className="person" data-testid="me">
      <Link to="/account" className="person-name" title={t('nav.account')}>
        {me.name}
      </Link>
      <span className="person-roles">{me.roles.map((role) => t(`role.${role}`)).join(' · ')}</span>
      <button type="button" className="link" onClick={() => void signOut(client)}>
        {t('app.signOut')}
      </button>
    </span>
  );
}
