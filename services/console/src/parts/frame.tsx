import type { ReactElement } from 'react';

/** A page made by the server, without script and apart from ours; its links open beside it. */
export function Frame({ title, html, onShown }: { title: string; html: string; onShown?: () => void }): ReactElement {
  return (
    <iframe
      className="frame"
      title={title}
      srcDoc={html}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      {...(onShown && { onLoad: onShown })}
    />
  );
}
