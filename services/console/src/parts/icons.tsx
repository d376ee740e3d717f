import type { ReactElement } from 'react';

const paths = {
  reposts: 'M4 5h11v6M4 5v14h7M8 9h4M8 13h3M15 14l3-3 3 3M18 11v9',
  releases: 'M4 10v4l9 4V6l-9 4zM13 9.5a3 3 0 0 1 0 5M6.5 15l1 5M17 8a6 6 0 0 1 0 8',
  linked: 'M9 7H7a5 5 0 0 0 0 10h2M15 7h2a5 5 0 0 1 0 10h-2M8 12h8',
  calendar: 'M4 6h16v14H4zM4 10.5h16M8 3.5v4M16 3.5v4',
  submissions: 'M4 13v6h16v-6M12 15V4M7.5 8.5 12 4l4.5 4.5',
  inspections: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20M7.8 10.6l2 2 3.6-3.8',
  rumors: 'M4 5h16v11h-7l-4 4v-4H4zM12 7.5v4M12 13.6v.1',
  corrections: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
  workCalendar: 'M4 6h16v14H4zM4 10.5h16M8 3.5v4M16 3.5v4M8.5 15.5l2.5 2 4.5-4.5',
  deliveries: 'M3 11l18-8-7 18-3-7-8-3zM11 14l4-5',
  compliance: 'M4 20V4M4 20h16M8 16v-5M12 16V8M16 16v-3M20 16V6',
  reports: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 15.5h7M9 8.5h3',
  items: 'M5 4h14v16H5zM8 8h8M8 12h8M8 16h5',
  sources: 'M5 19a1 1 0 1 0 0-.01M4 12a8 8 0 0 1 8 8M4 6a14 14 0 0 1 14 14',
  deadLetters: 'M4 6h16v12H4zM4 7l8 6 8-6M9 21h6',
  audit: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  health: 'M3 12h4l2.5-6 4 12 2.5-6h5',
  duty: 'M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6zM10 20a2 2 0 0 0 4 0',
  incidents: 'M12 4 3 20h18L12 4zM12 10v5M12 17.4v.1',
  unrouted: 'M4 5h16v14H4zM4 9h16M10 12.5a2 2 0 1 1 2.6 1.9c-.5.2-.6.5-.6 1M12 17.4v.1',
  rules: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h3',
  channels: 'M12 12v8M12 12l-7-5M12 12l7-5M5 5v3h3M19 5v3h-3M9 20h6',
  site: 'M4 20h16M6 20V9l6-5 6 5v11M10 20v-5h4v5',
  people:
    'M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19c0-3 2.5-5 5.5-5s5.5 2 5.5 5M15.5 11a2.5 2.5 0 1 0 0-5M16.5 14c2.5.3 4.5 2.2 4.5 5',
  menu: 'M4 6h16M4 12h16M4 18h16',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
