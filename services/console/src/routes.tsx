import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { lazy } from 'react';
import { readFilter } from './deliveries/filter.ts';
import { calendarViews } from './calendar/span.ts';
import { releaseKinds } from './releases/kinds.ts';
import { readSearch } from './reposts/asked.ts';
import { QueuePage } from './reposts/queue-page.tsx';
import { homeOf } from './shell/menu.ts';
import { CrashedPage, MissingPage } from './shell/plain-pages.tsx';
import { Shell } from './shell/shell.tsx';
import { useMe } from './session.ts';
import { roomWordsReady } from './words/index.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** Leaves out what is not given, so that addresses stay short. */
const given = <T extends Record<string, string | undefined>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** A field that may have one of a few values. */
const one = <N extends string, V extends string | number>(name: N, value: unknown, values: readonly V[]) =>
  (values.includes(value as V) ? { [name]: value } : {}) as { [K in N]?: V };

/** A page that comes when it is opened, with the words of all such pages. */
const room: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(() => Promise.all([load(), roomWordsReady()]).then(([module]) => module), name);

const Unready = lazy(() =>
  Promise.all([import('./account/unready-page.tsx'), roomWordsReady()]).then(([module]) => ({
    default: module.UnreadyPage,
  })),
);
const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: () => <Shell Unready={Unready} />,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: function Home() {
    return <Navigate to={homeOf(useMe())} replace />;
  },
});

const proofWindow = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/oidc',
  component: room(() => import('./account/proof-window.tsx'), 'ProofWindow'),
});

const queue = createRoute({
  getParentRoute: () => root,
  path: '/reposts',
  validateSearch: readSearch,
  component: QueuePage,
});

const unrouted = createRoute({
  getParentRoute: () => root,
  path: '/reposts/unrouted',
  component: room(() => import('./routing/unrouted-page.tsx'), 'UnroutedPage'),
});

const rules = createRoute({
  getParentRoute: () => root,
  path: '/rules',
  validateSearch: (search: Record<string, unknown>) => ({
    ...one('tab', search['tab'], ['policies', 'matrix', 'rules', 'chains'] as const),
    /** What is being changed, or `new`; and the item that a new rule is begun from. */
    ...given({ edit: text(search['edit']), from: text(search['from']) }),
  }),
  component: room(() => import('./rules/rules-page.tsx'), 'RulesPage'),
});

const sites = createRoute({
  getParentRoute: () => root,
  path: '/admin/sites',
  validateSearch: (search: Record<string, unknown>) => given({ edit: text(search['edit']) }),
  component: room(() => import('./admin/sites-page.tsx'), 'SitesPage'),
});

const peopleOf = createRoute({
  getParentRoute: () => root,
  path: '/admin/people',
  component: room(() => import('./admin/people-page.tsx'), 'PeoplePage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: room(() => import('./account/account-page.tsx'), 'AccountPage'),
});

const task = createRoute({
  getParentRoute: () => root,
  path: '/reposts/$site/$taskId',
  component: room(() => import('./reposts/task-page.tsx'), 'TaskPage'),
});

const releases = createRoute({
  getParentRoute: () => root,
  path: '/releases',
  validateSearch: (search: Record<string, unknown>) => given({ show: search['show'] === 'all' ? 'all' : undefined }),
  component: room(() => import('./releases/releases-page.tsx'), 'ReleasesPage'),
});

const approvals = createRoute({
  getParentRoute: () => root,
  path: '/releases/approvals',
  validateSearch: (search: Record<string, unknown>) => one('show', search['show'], ['all', 'stuck'] as const),
  component: room(() => import('./releases/approvals-page.tsx'), 'ApprovalsPage'),
});
const reviewRules = createRoute({
  getParentRoute: () => root,
  path: '/releases/rules',
  validateSearch: (search: Record<string, unknown>) => ({
    ...one('tab', search['tab'], ['leaves', 'checks'] as const),
    ...given({ site: text(search['site']) }),
  }),
  component: room(() => import('./releases/review-rules-page.tsx'), 'ReviewRulesPage'),
});

const linked = createRoute({
  getParentRoute: () => root,
  path: '/linked',
  component: room(() => import('./linked/linked-page.tsx'), 'LinkedPage'),
});
const newLinked = createRoute({
  getParentRoute: () => root,
  path: '/linked/new',
  component: room(() => import('./linked/plan-page.tsx'), 'NewLinkedPage'),
});
const linkedBoard = createRoute({
  getParentRoute: () => root,
  path: '/linked/$site/$linkedId',
  component: room(() => import('./linked/board-page.tsx'), 'LinkedBoard'),
});
const editLinked = createRoute({
  getParentRoute: () => root,
  path: '/linked/$site/$linkedId/edit',
  component: room(() => import('./linked/plan-page.tsx'), 'EditLinkedPage'),
});

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: room(() => import('./reports/reports-page.tsx'), 'ReportsPage'),
});
const report = createRoute({
  getParentRoute: () => root,
  path: '/reports/$site/$reportId',
  component: room(() => import('./reports/report-page.tsx'), 'ReportPage'),
});

const rumors = createRoute({
  getParentRoute: () => root,
  path: '/rumors',
  component: room(() => import('./rumors/rumors-page.tsx'), 'RumorsPage'),
});
const importRoster = createRoute({
  getParentRoute: () => root,
  path: '/duty/import',
  component: room(() => import('./duty/import-page.tsx'), 'ImportPage'),
});
const book = createRoute({
  getParentRoute: () => root,
  path: '/duty/book',
  validateSearch: (search) => given({ from: text(search['from']), to: text(search['to']) }),
  component: room(() => import('./duty/book-page.tsx'), 'BookPage'),
});
const figures = createRoute({
  getParentRoute: () => root,
  path: '/duty/figures',
  validateSearch: (search) => given({ from: text(search['from']), to: text(search['to']) }),
  component: room(() => import('./duty/figures-page.tsx'), 'FiguresPage'),
});
const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  component: room(() => import('./incidents/incidents-page.tsx'), 'IncidentsPage'),
});
const newIncident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/new',
  component: room(() => import('./incidents/open-page.tsx'), 'OpenIncidentPage'),
});
const incident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/$site/$incidentId',
  component: room(() => import('./incidents/incident-page.tsx'), 'IncidentPage'),
});
const newRumor = createRoute({
  getParentRoute: () => root,
  path: '/rumors/new',
  component: room(() => import('./rumors/report-page.tsx'), 'ReportRumorPage'),
});
const rumor = createRoute({
  getParentRoute: () => root,
  path: '/rumors/$site/$rumorCaseId',
  component: room(() => import('./rumors/rumor-page.tsx'), 'RumorPage'),
});

const corrections = createRoute({
  getParentRoute: () => root,
  path: '/corrections',
  validateSearch: (search: Record<string, unknown>) => ({
    ...one('show', search['show'], ['open', 'done'] as const),
    ...given({ q: text(search['q']) }),
  }),
  component: room(() => import('./corrections/corrections-page.tsx'), 'CorrectionsPage'),
});
const correction = createRoute({
  getParentRoute: () => root,
  path: '/corrections/$site/$correctionId',
  component: room(() => import('./corrections/correction-page.tsx'), 'CorrectionPage'),
});
const workCalendar = createRoute({
  getParentRoute: () => root,
  path: '/admin/calendar',
  component: room(() => import('./admin/calendar-page.tsx'), 'WorkCalendarPage'),
});
const inspections = createRoute({
  getParentRoute: () => root,
  path: '/inspections',
  component: room(() => import('./inspections/inspections-page.tsx'), 'InspectionsPage'),
});
const inspection = createRoute({
  getParentRoute: () => root,
  path: '/inspections/$site/$inspectionId',
  component: room(() => import('./inspections/inspection-page.tsx'), 'InspectionPage'),
});

const calendar = createRoute({
  getParentRoute: () => root,
  path: '/releases/calendar',
  validateSearch: (search: Record<string, unknown>) => ({
    ...one('view', search['view'], calendarViews),
    ...given({
      date: /^\d{4}-\d\d-\d\d$/.test(text(search['date']) ?? '') ? text(search['date']) : undefined,
      site: text(search['site']),
    }),
  }),
  component: room(() => import('./calendar/calendar-page.tsx'), 'CalendarPage'),
});

const submissions = createRoute({
  getParentRoute: () => root,
  path: '/submissions',
  component: function Submissions() {
    return <Navigate to="/submissions/in" replace />;
  },
});
const offered = createRoute({
  getParentRoute: () => root,
  path: '/submissions/out',
  component: room(() => import('./submissions/submissions-page.tsx'), 'OfferedPage'),
});
const received = createRoute({
  getParentRoute: () => root,
  path: '/submissions/in',
  component: room(() => import('./submissions/submissions-page.tsx'), 'ReceivedPage'),
});
const submission = createRoute({
  getParentRoute: () => root,
  path: '/submissions/$site/$submissionId',
  component: room(() => import('./submissions/submission-page.tsx'), 'SubmissionPage'),
});

const newRelease = createRoute({
  getParentRoute: () => root,
  path: '/releases/new',
  validateSearch: (search: Record<string, unknown>) => ({
    kind: releaseKinds.find((each) => each === search['kind']) ?? ('press' as const),
    /** `<site>/<id>` of the linked release that it is written for, or of the rumor that it answers. */
    ...given({ linked: text(search['linked']), rumor: text(search['rumor']) }),
  }),
  component: room(() => import('./releases/editor-page.tsx'), 'NewReleasePage'),
});

const release = createRoute({
  getParentRoute: () => root,
  path: '/releases/$site/$releaseId',
  component: room(() => import('./releases/release-page.tsx'), 'ReleasePage'),
});

const recalls = createRoute({
  getParentRoute: () => root,
  path: '/releases/recalls',
  component: room(() => import('./recalls/recalls-page.tsx'), 'RecallsPage'),
});
const recall = createRoute({
  getParentRoute: () => root,
  path: '/releases/recalls/$site/$releaseId/$round',
  component: room(() => import('./recalls/recall-page.tsx'), 'RecallPage'),
});

const editRelease = createRoute({
  getParentRoute: () => root,
  path: '/releases/$site/$releaseId/edit',
  component: room(() => import('./releases/editor-page.tsx'), 'EditReleasePage'),
});

const assisted = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/assisted',
  validateSearch: (search: Record<string, unknown>) => given({ task: text(search['task']) }),
  component: room(() => import('./deliveries/assisted-page.tsx'), 'AssistedPage'),
});

const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: readFilter,
  component: room(() => import('./deliveries/deliveries-page.tsx'), 'DeliveriesPage'),
});

const delivery = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/$site/$deliveryId',
  component: room(() => import('./deliveries/delivery-page.tsx'), 'DeliveryPage'),
});

const channels = createRoute({
  getParentRoute: () => root,
  path: '/channels',
  component: room(() => import('./channels/channels-page.tsx'), 'ChannelsPage'),
});
const newChannel = createRoute({
  getParentRoute: () => root,
  path: '/channels/new',
  component: room(() => import('./channels/channel-form.tsx'), 'NewChannelPage'),
});
const channel = createRoute({
  getParentRoute: () => root,
  path: '/channels/$channelId',
  component: room(() => import('./channels/channel-page.tsx'), 'ChannelPage'),
});
const editChannel = createRoute({
  getParentRoute: () => root,
  path: '/channels/$channelId/edit',
  component: room(() => import('./channels/channel-form.tsx'), 'EditChannelPage'),
});

/** What waits for a person: an address of its own, for alarms and bookmarks. */
const unknownDeliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/unknown',
  component: () => <Navigate to="/deliveries" search={{ show: 'unknown' }} replace />,
});

/** What the compliance page keeps in its address: what is asked, how it is shown, and which figure is open. */
const complianceFields = [
  ...(['from', 'to', 'asOf', 'neighbour', 'site', 'level', 'source', 'column', 'kind', 'person', 'unit'] as const),
  ...(['show', 'by', 'rank', 'outcome', 'of', 'part', 'duty'] as const),
] as const;
const compliance = createRoute({
  getParentRoute: () => root,
  path: '/compliance',
  validateSearch: (search: Record<string, unknown>) => ({
    ...(Object.fromEntries(
      complianceFields.flatMap((name) => (text(search[name]) ? [[name, text(search[name])]] : [])),
    ) as { [K in (typeof complianceFields)[number]]?: string }),
    ...one('limit', search['limit'], [8, 12, 24] as const),
    ...(typeof search['page'] === 'number' && { page: search['page'] }),
  }),
  component: room(() => import('./compliance/compliance-page.tsx'), 'CompliancePage'),
});

const items = createRoute({
  getParentRoute: () => root,
  path: '/items',
  validateSearch: (search: Record<string, unknown>) => ({
    ...given({ q: text(search['q']), source: text(search['source']) }),
    ...one('show', search['show'], ['unrouted', 'optional', 'ignore', 'withdrawn'] as const),
  }),
  component: room(() => import('./items/items-page.tsx'), 'ItemsPage'),
});
const item = createRoute({
  getParentRoute: () => root,
  path: '/items/$sourceId/$itemId',
  validateSearch: (search: Record<string, unknown>): { v?: number; with?: number } => ({
    ...(typeof search['v'] === 'number' && { v: search['v'] }),
    ...(typeof search['with'] === 'number' && { with: search['with'] }),
  }),
  component: room(() => import('./items/item-page.tsx'), 'ItemPage'),
});

const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  validateSearch: (search: Record<string, unknown>) => one('show', search['show'], ['care', 'paused'] as const),
  component: room(() => import('./sources/sources-page.tsx'), 'SourcesPage'),
});
const newSource = createRoute({
  getParentRoute: () => root,
  path: '/sources/new',
  component: room(() => import('./sources/wizard-page.tsx'), 'NewSourcePage'),
});
const source = createRoute({
  getParentRoute: () => root,
  path: '/sources/$sourceId',
  component: room(() => import('./sources/source-page.tsx'), 'SourcePage'),
});
const editSource = createRoute({
  getParentRoute: () => root,
  path: '/sources/$sourceId/edit',
  component: room(() => import('./sources/wizard-page.tsx'), 'EditSourcePage'),
});
const duty = createRoute({
  getParentRoute: () => root,
  path: '/duty',
  component: room(() => import('./duty/duty-page.tsx'), 'DutyPage'),
});
const roster = createRoute({
  getParentRoute: () => root,
  path: '/duty/roster',
  validateSearch: (search: Record<string, unknown>) => {
    const month = text(search['month']);
    return given({
      month: month && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : undefined,
      site: text(search['site']),
    });
  },
  component: room(() => import('./duty/roster-page.tsx'), 'RosterPage'),
});
const ladder = createRoute({
  getParentRoute: () => root,
  path: '/duty/ladder',
  component: room(() => import('./duty/ladder-page.tsx'), 'LadderPage'),
});
const alarmMeans = createRoute({
  getParentRoute: () => root,
  path: '/duty/means',
  component: room(() => import('./duty/means-page.tsx'), 'MeansPage'),
});
const deadLetters = createRoute({
  getParentRoute: () => root,
  path: '/dead-letters',
  component: room(() => import('./admin/dead-letters-page.tsx'), 'DeadLettersPage'),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: room(() => import('./admin/audit-page.tsx'), 'AuditPage'),
});
const health = createRoute({
  getParentRoute: () => root,
  path: '/health',
  component: room(() => import('./admin/health-page.tsx'), 'HealthPage'),
});

const tree = root.addChildren([
  home,
  account,
  peopleOf,
  queue,
  unrouted,
  task,
  releases,
  approvals,
  reviewRules,
  linked,
  newLinked,
  linkedBoard,
  editLinked,
  incidents,
  newIncident,
  incident,
  reports,
  report,
  rumors,
  newRumor,
  rumor,
  corrections,
  correction,
  workCalendar,
  inspections,
  inspection,
  calendar,
  submissions,
  offered,
  received,
  submission,
  newRelease,
  release,
  editRelease,
  recalls,
  recall,
  deliveries,
  delivery,
  unknownDeliveries,
  assisted,
  channels,
  newChannel,
  channel,
  editChannel,
  compliance,
  items,
  item,
  sources,
  newSource,
  source,
  editSource,
  duty,
  roster,
  ladder,
  alarmMeans,
  importRoster,
  book,
  figures,
  rules,
  sites,
  deadLetters,
  audit,
  health,
  proofWindow,
]);

export const createConsoleRouter = (client: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { client },
    defaultNotFoundComponent: MissingPage,
    defaultErrorComponent: CrashedPage,
    defaultPreload: 'intent',
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
