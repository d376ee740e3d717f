import { startSite, bodyOf, type Site } from './site.ts';

type Page = { title: string; content: string; files: { hash: string; path: string; bytes: Buffer; type: string }[] };

/** Another system that publishes a site by our signed calls, and whose pages a test changes behind our back. */
export type Cms = {
  site: Site;
  /** Where it takes calls. */
  hook: string;
  /** The page of a title, as it was published last. */
  page(title: string): Page & { path: string };
  /** Shows a page, or what a test makes of it. */
  show(title: string, change?: (page: string) => string): void;
  /** Whether `page.remove` takes the page down. */
  obeys: boolean;
  [Symbol.asyncDispose](): Promise<void>;
};

type Call = {
  type: string;
  data: {
    documentId: string;
    title: string;
    content: string;
    files: { hash: string; address: string; content: string; mediaType: string }[];
  };
};

export async function startCms(): Promise<Cms> {
  const site = await startSite();
  const pages = new Map<string, Page & { path: string }>();
  const page = (title: string) => {
    const found = [...pages.values()].find((each) => each.title.includes(title));
    if (!found) throw new Error(`no page of ${title}`);
    return found;
  };
  const cms: Cms = {
    site,
    hook: `${site.url}/hook`,
    page,
    show(title, change = (same) => same) {
      const { path, title: whole, content, files } = page(title);
      site.put(path, change(framed(whole, content)));
      for (const file of files) put(site, file);
    },
    obeys: true,
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
  site.put('/hook', (request, response) => {
    const handle = async () => {
      const { type, data } = JSON.parse((await bodyOf(request)).toString()) as Call;
      const path = `/news/${data.documentId}.html`;
      if (type === 'page.remove') {
        if (cms.obeys) {
          site.remove(path);
          for (const file of pages.get(path)?.files ?? []) site.remove(file.path);
        }
        return response.writeHead(204).end();
      }
      const files = data.files.map(({ hash, content, mediaType: kind }) => {
        const bytes = Buffer.from(content, 'base64');
        return { hash, path: `/up/${data.documentId}-${hash.slice(0, 12)}`, bytes, type: kind };
      });
      const content = data.files.reduce(
        (text, { address }, i) => text.replaceAll(address, files[i]!.path),
        data.content,
      );
      pages.set(path, { title: data.title, content, files, path });
      cms.show(data.title);
      return response.writeHead(201).end(JSON.stringify({ url: `${site.url}${path}`, id: data.documentId }));
    };
    handle().catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  return cms;
}

const put = (site: Site, { path, bytes, type }: Page['files'][number]) =>
  site.put(path, (_, response) => void response.writeHead(200, { 'content-type': type }).end(bytes));

const framed = (title: string, content: string) =>
  `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${title} - 某市税务局</title></head><body><nav><a href="/">首页</a></nav><h1>${title}</h1>${content}<footer>版权所有</footer></body></html>`;
