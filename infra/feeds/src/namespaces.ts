/** What a namespace is called here, whatever a document calls it; `''` is the feed's own vocabulary. */
const names = new Map<string, string>(
  Object.entries({
    'http://backend.userland.com/rss': '',
    'http://backend.userland.com/rss2': '',
    'http://backend.userland.com/rss091': '',
    'http://blogs.law.harvard.edu/tech/rss': '',
    'http://cyber.law.harvard.edu/rss': '',
    'http://purl.org/rss/1.0': '',
    'http://purl.org/net/rss1.1#': '',
    'http://my.netscape.com/rdf/simple/0.9': '',
    'http://channel.netscape.com/rdf/simple/0.9': '',
    'http://my.netscape.com/publish/formats/rss-0.91.dtd': '',
    'http://purl.org/rss/1.0/modules/rss091#': '',
    'http://example.com/newformat#': '',
    'http://example.com/necho': '',
    'http://purl.org/echo': '',
    'uri/of/echo/namespace#': '',
    'http://purl.org/pie': '',
    'http://purl.org/atom/ns#': '',
    'http://www.w3.org/2005/atom': '',
    'http://purl.org/atom/app#': 'app',
    'http://www.w3.org/2007/app': 'app',
    'http://purl.org/dc/elements/1.0': 'dc',
    'http://purl.org/dc/elements/1.1': 'dc',
    'http://purl.org/dc/terms': 'dcterms',
    'http://purl.org/rss/1.0/modules/content': 'content',
    'http://www.w3.org/1999/xhtml': 'xhtml',
    'http://www.w3.org/1999/02/22-rdf-syntax-ns#': 'rdf',
    'http://search.yahoo.com/mrss': 'media',
    'http://www.itunes.com/dtds/podcast-1.0.dtd': 'itunes',
    'http://prismstandard.org/namespaces/1.2/basic': 'prism',
    'http://prismstandard.org/namespaces/basic/2.0': 'prism',
    'http://rssnamespace.org/feedburner/ext/1.0': 'feedburner',
    'http://www.w3.org/xml/1998/namespace': 'xml',
  }),
);

const keyOf = (uri: string) => uri.trim().toLowerCase().replace(/\/$/, '');

/** Prefixes in force at one place of a document, each with the name that its namespace has here. */
export class Namespaces {
  readonly #own: ReadonlyMap<string, string>;
  readonly #around: Namespaces | null;

  constructor(own: ReadonlyMap<string, string> = new Map(), around: Namespaces | null = null) {
    this.#own = own;
    this.#around = around;
  }

  /** Those of an element, with what it declares itself. */
  within(attributes: Record<string, string>): Namespaces {
    let own: Map<string, string> | null = null;
    for (const name in attributes) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      const prefix = name.slice('xmlns:'.length);
      // A vocabulary that nobody knows keeps the name that the document gives it; as the default it is the feed's own.
      (own ??= new Map()).set(prefix, names.get(keyOf(attributes[name]!)) ?? prefix);
    }
    return own ? new Namespaces(own, this) : this;
  }

  nameOf(prefix: string): string {
    return this.#own.get(prefix) ?? this.#around?.nameOf(prefix) ?? prefix;
  }
}
