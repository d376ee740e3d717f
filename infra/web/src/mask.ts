const masked = '•••';

/** Shorter ones would mask every other word; they are masked only where they stand as a secret. */
const shortest = 4;

/** Names under which secrets go: of headers, of parameters, of fields in JSON and in forms. */
const secretName =
  /authorization|cookie|passw|secret|signature|^sig$|^sign$|token|^key$|api[-_]?key|access[-_]?key|private[-_]?key/i;
/** Named like a secret, and none. */
const harmless = /^(?:token_type|errcode|expires_in)$/i;
const isSecretName = (name: string): boolean => secretName.test(name) && !harmless.test(name);

const quoted = /("([\w.-]{1,64})"\s*:\s*)"((?:[^"\\]|\\.)*)("|$)/g;
const parameter = /([?&;]|^)([\w.[\]-]{1,64})=([^&\s"'<>#;]+)/g;

export type Mask = {
  /** At most so many characters, none of them of a secret: also not of one that the end would cut. */
  text(whole: string, atMost: number): string;
  /** Host and path, and which parameters; no login. */
  address(address: string): string;
  headers(headers: Readonly<Record<string, string>>): { name: string; value: string }[];
  field(name: string, value: string): string;
  /** One that masks another secret as well. */
  with(secret: string): Mask;
};

/** Masks every secret that is named in `secrets`, however it is written, and whatever stands where secrets stand. */
export function masker(secrets: readonly string[]): Mask {
  const spellings = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap(spellingsOf)
    .toSorted((a, b) => b.length - a.length);
  const longest = spellings[0]?.length ?? 0;
  const values = (text: string) =>
    spellings.reduce((left, secret) => (left.includes(secret) ? left.replaceAll(secret, masked) : left), text);
  const places = (text: string) =>
    text
      .replaceAll(quoted, (whole, head: string, name: string) => (isSecretName(name) ? `${head}"${masked}"` : whole))
      .replaceAll(parameter, (whole, mark: string, name: string) =>
        isSecretName(name) ? `${mark}${name}=${masked}` : whole,
      );

  return {
    text(whole, atMost) {
      if (whole.length <= atMost + longest) return cut(places(values(whole)), atMost);
      const beginning = values(whole.slice(0, atMost + longest));
      // Half a secret at the end would not be known for one.
      return `${cut(places(longest === 0 ? beginning : beginning.slice(0, -longest)), atMost)}…`;
    },
    address(address) {
      return places(values(address.replace(/^[a-z][a-z\d+.-]*:\/\//i, '').replace(/^[^/@\s]*@/, '')));
    },
    headers(headers) {
      return Object.entries(headers).map(([name, value]) => ({
        name,
        value: isSecretName(name) ? masked : this.text(value, 500),
      }));
    },
    field: (name, value) => `${name}: ${isSecretName(name) ? masked : values(value)}`,
    with(secret) {
      return secrets.includes(secret) ? this : masker([...secrets, secret]);
    },
  };
}

const cut = (text: string, atMost: number): string => (text.length > atMost ? text.slice(0, atMost) : text);

/** A secret as it goes through addresses, forms, JSON and logins. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const uri = encodeURIComponent(secret.toWellFormed());
  return [
    ...new Set([
      secret,
      uri,
      uri.replaceAll('%20', '+'),
      new URLSearchParams({ s: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ]),
  ];
}
