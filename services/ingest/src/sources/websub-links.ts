import { Parser } from 'htmlparser2';

/**
 * Hub and topic of a document (WebSub 4, discovery): the `Link` header first, then `<link rel="hub">` of RSS, Atom or
 * HTML, then `hubs` of JSON Feed. Without its own name (`rel=self`) a document's address is its topic.
 */
export function websubOf(
  bytes: Uint8Array,
  linkHeader: string | null,
  url: string,
): { hub: string; topic: string } | null {
  const links = [...headerLinks(linkHeader ?? ''), ...documentLinks(bytes)];
  const find = (rel: string) => links.find((each) => each.rel === rel && URL.canParse(each.href, url))?.href;
  const hub = find('hub');
  if (hub === undefined) return null;
  return { hub: new URL(hub, url).href, topic: new URL(find('self') ?? url, url).href };
}

type Link = { rel: string; href: string };

/** RFC 8288: `<address>; rel="hub self"`, several separated by commas. */
function headerLinks(header: string): Link[] {
  const found = header.slice(0, 8_192).matchAll(/<([^<>]{1,2000})>([^<]*)/g);
  return [...found].flatMap(([, href = '', parameters = '']) => {
    const rel = /;\s*rel\s*=\s*"?([^";]+)/i.exec(parameters)?.[1] ?? '';
    return rel
      .trim()
      .toLowerCase()
      .split(/\s+/)
      .map((each) => ({ rel: each, href }));
  });
}

/** Hubs stand in a document's head; what comes after its first entries is not looked through. */
const headBytes = 65_536;

function documentLinks(bytes: Uint8Array): Link[] {
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString('latin1');
  if (head.trimStart().startsWith('{')) return jsonHubs(bytes);
  const links: Link[] = [];
  const parser = new Parser(
    {
      onopentag(name, { rel, href }) {
        if (rel && href && (name === 'link' || name.endsWith(':link'))) {
          for (const each of rel.toLowerCase().split(/\s+/)) links.push({ rel: each, href });
        }
        // An entry's own links are about the entry.
        if (['item', 'entry', 'body'].includes(name.split(':').at(-1) ?? '')) parser.pause();
      },
    },
    { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.write(head);
  return links;
}

function jsonHubs(bytes: Uint8Array): Link[] {
  try {
    const { hubs, feed_url: self } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      hubs?: { type?: string; url?: string }[];
      feed_url?: string;
    };
    const found = (hubs ?? []).flatMap(({ type, url }) =>
      type === 'WebSub' && url ? [{ rel: 'hub', href: url }] : [],
    );
    return self ? [...found, { rel: 'self', href: self }] : found;
  } catch {
    return [];
  }
}
