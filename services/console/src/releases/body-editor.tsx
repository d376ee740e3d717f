import type { ReleaseFile } from '@tongsheng/contracts';
import { TableKit } from '@tiptap/extension-table';
import { EditorContent, Mark, useEditor, useEditorState, type Editor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { announce } from '../parts/announcer.tsx';
import { sizeOf } from '../parts/bytes.ts';
import { useWords, type Word } from '../words/index.ts';
import { cleanBeside, pasteLimits } from './paste/clean-paste.ts';
import { fill } from './paste/fill.ts';
import { plainHtml } from './plain-html.ts';
import { Picture, PicturesContext, pictureTypes, type Pictures } from './picture.tsx';

/** Raised and lowered: 10³ and H₂O. */
const raised = (name: 'superscript' | 'subscript', tag: 'sup' | 'sub') =>
  Mark.create({ name, excludes: 'superscript subscript', parseHTML: () => [{ tag }], renderHTML: () => [tag, 0] });

/** Only what every channel can carry: paragraphs, headings, lists, quotes, tables, pictures, links, emphasis. */
const extensions = [
  StarterKit.configure({
    heading: { levels: [2, 3, 4] },
    code: false,
    codeBlock: false,
    strike: false,
    underline: false,
    horizontalRule: false,
    link: {
      openOnClick: false,
      autolink: false,
      protocols: ['http', 'https'],
      HTMLAttributes: { target: null, rel: null },
    },
  }),
  TableKit.configure({ table: { resizable: false } }),
  raised('superscript', 'sup'),
  raised('subscript', 'sub'),
  Picture,
];

export type BodyEditorProps = {
  id: string;
  labelledBy: string;
  html: string;
  onChange: (html: string) => void;
  /** Where its files go; a text without is words alone. */
  files?: TextFiles;
};

export type TextFiles = {
  pathOf: (hash: string) => string;
  onPicture: (file: File, then: (kept: ReleaseFile) => void) => void;
  /** What is dropped or pasted into the text and is no picture. */
  onFiles: (files: File[]) => void;
};

type Cleaning = { size: string; stop: () => void };

/** The text of a release. */
export function BodyEditor(props: BodyEditorProps): ReactElement | null {
  const t = useWords();
  const { id, labelledBy, html } = props;
  const latest = useRef(props);
  latest.current = props;
  const [cleaning, setCleaning] = useState<Cleaning | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);

  const filling = useRef(false);
  const report = (of: Editor) => latest.current.onChange(of.isEmpty ? '' : plainHtml(of.getHTML()));

  const place = (editor: Editor, files: File[], at?: number) => {
    for (const file of files.filter(({ type }) => type.startsWith('image/')))
      latest.current.files?.onPicture(file, ({ hash }) => {
        const picture = { type: 'image', attrs: { src: `files/${hash}`, alt: '' } };
        if (at !== undefined) editor.commands.insertContentAt(Math.min(at, editor.state.doc.content.size), picture);
        else editor.commands.insertContent(picture);
      });
    const others = files.filter(({ type }) => !type.startsWith('image/'));
    if (others.length > 0) latest.current.files?.onFiles(others);
  };

  const paste = async (editor: Editor, clipboard: string) => {
    setTold(null);
    const size = sizeOf(clipboard.length);
    if (clipboard.length > pasteLimits.clipboard)
      return setTold(t('paste.clipboardTooLarge', { size, max: sizeOf(pasteLimits.clipboard) }));
    stopping.current?.abort();
    const stop = new AbortController();
    stopping.current = stop;
    setCleaning({ size, stop: () => stop.abort() });
    try {
      const { html: clean, missing } = await cleanBeside(clipboard, stop.signal);
      if (clean.length > pasteLimits.text) {
        const [n, max] = [clean.length, pasteLimits.text].map((length) => Math.round(length / 10_000));
        return setTold(t('paste.tooLarge', { n: n!, max: max! }));
      }
      if (editor.isDestroyed || clean === '') return;
      filling.current = true;
      editor.setEditable(false);
      await fill(editor, clean);
      filling.current = false;
      if (editor.isDestroyed) return;
      editor.setEditable(true);
      report(editor);
      announce('done', t(missing > 0 ? 'paste.doneMissing' : 'paste.done', { n: missing }));
    } catch {
      filling.current = false;
      if (!stop.signal.aborted) setTold(t('paste.failed'));
    } finally {
      if (stopping.current === stop) setCleaning(null);
    }
  };

  const editor: Editor | null = useEditor({
    extensions,
    content: html,
    // Its own styles stand in app.css: our policy admits no style element.
    injectCSS: false,
    editorProps: {
      attributes: { id, role: 'textbox', 'aria-multiline': 'true', 'aria-labelledby': labelledBy, class: 'prose' },
      // What comes from elsewhere is taken before the editor parses it, all styles of Office with it; what it wrote itself comes plain.
      transformPastedHTML: plainHtml,
      handleDOMEvents: {
        paste: (view, event) => {
          const { clipboardData } = event;
          if (!editor?.isEditable || view.composing || !clipboardData) return false;
          const clipboard = clipboardData.getData('text/html');
          const files = Array.from(clipboardData.files);
          // Office puts a picture of what was copied beside its text.
          const isPicture = files.length > 0 && clipboardData.getData('text/plain').trim() === '';
          if (!isPicture && (clipboard === '' || clipboard.includes('data-pm-slice'))) return false;
          event.preventDefault();
          if (isPicture) place(editor, files);
          else void paste(editor, clipboard);
          return true;
        },
        drop: (view, event) => {
          const { dataTransfer } = event;
          if (!editor?.isEditable || view.dragging || !dataTransfer) return false;
          const dropped = dataTransfer.getData('text/html');
          const files = Array.from(dataTransfer.files);
          if (files.length === 0 && dropped === '') return false;
          event.preventDefault();
          const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos;
          if (files.length > 0) place(editor, files, at);
          else {
            editor.commands.focus(at ?? null);
            void paste(editor, dropped);
          }
          return true;
        },
      },
    },
    onUpdate: ({ editor: changed }) => {
      // A long paste is told once, when all of it is there.
      if (!filling.current) report(changed);
    },
  });
  const pictures = useMemo<Pictures>(
    () => ({
      pathOf: (hash) => latest.current.files?.pathOf(hash) ?? '',
      bring: (file, then) => latest.current.files?.onPicture(file, then),
    }),
    [],
  );
  if (!editor) return null;
  return (
    <PicturesContext.Provider value={pictures}>
      <div className="body-editor">
        <Toolbar editor={editor} {...(props.files && { onPictures: (files: File[]) => place(editor, files) })} />
        {cleaning && (
          <p className="body-editor-note" role="status" data-testid="cleaning">
            {t('paste.cleaning', { size: cleaning.size })}{' '}
            <button type="button" className="button button-small" onClick={cleaning.stop}>
              {t('paste.cancel')}
            </button>
          </p>
        )}
        {told && (
          <p className="body-editor-note banner-refused" role="alert" data-testid="paste-refused">
            {told}{' '}
            <button type="button" className="button button-small" onClick={() => setTold(null)}>
              {t('upload.dismiss')}
            </button>
          </p>
        )}
        <EditorContent editor={editor} className="body-editor-text" />
        <p className="body-editor-count">
          <span>{t('editor.toolsHint')}</span>
          <Count editor={editor} />
        </p>
      </div>
    </PicturesContext.Provider>
  );
}

/** How many characters, as people count them: without spaces. */
function Count({ editor }: { editor: Editor }): ReactElement {
  const t = useWords();
  const n = useEditorState({
    editor,
    selector: ({ editor: now }) => Array.from(now.getText().replace(/\s/g, '')).length,
  });
  return <span>{t('editor.count', { n })}</span>;
}

type Tool = { word: Word; pressed?: boolean; run: () => void };

function Toolbar({ editor, onPictures }: { editor: Editor; onPictures?: (files: File[]) => void }): ReactElement {
  const t = useWords();
  const bar = useRef<HTMLDivElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const active = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      heading: now.isActive('heading', { level: 2 }),
      heading3: now.isActive('heading', { level: 3 }),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      sup: now.isActive('superscript'),
      sub: now.isActive('subscript'),
      link: now.isActive('link'),
      table: now.isActive('table'),
    }),
  });
  useEffect(() => {
    const { dom } = editor.view;
    const toTools = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'F10' || !event.altKey) return;
      event.preventDefault();
      bar.current?.querySelector('button')?.focus();
    };
    dom.addEventListener('keydown', toTools);
    return () => dom.removeEventListener('keydown', toTools);
  }, [editor]);
  const chain = () => editor.chain().focus();
  const link = () => {
    const before: unknown = editor.getAttributes('link')['href'];
    const href = window.prompt(t('editor.linkAsk'), typeof before === 'string' ? before : 'https://');
    if (href === null) return;
    if (href.trim() === '' || href === 'https://') chain().unsetLink().run();
    else chain().extendMarkRange('link').setLink({ href: href.trim() }).run();
  };
  const tools: Tool[] = [
    { word: 'editor.tool.bold', pressed: active.bold, run: () => chain().toggleBold().run() },
    { word: 'editor.tool.heading', pressed: active.heading, run: () => chain().toggleHeading({ level: 2 }).run() },
    { word: 'editor.tool.heading3', pressed: active.heading3, run: () => chain().toggleHeading({ level: 3 }).run() },
    { word: 'editor.tool.bullets', pressed: active.bullets, run: () => chain().toggleBulletList().run() },
    { word: 'editor.tool.numbers', pressed: active.numbers, run: () => chain().toggleOrderedList().run() },
    { word: 'editor.tool.quote', pressed: active.quote, run: () => chain().toggleBlockquote().run() },
    { word: 'editor.tool.sup', pressed: active.sup, run: () => chain().toggleMark('superscript').run() },
    { word: 'editor.tool.sub', pressed: active.sub, run: () => chain().toggleMark('subscript').run() },
    { word: 'editor.tool.link', pressed: active.link, run: link },
    ...(onPictures ? [{ word: 'editor.tool.picture' as const, run: () => file.current?.click() }] : []),
    {
      word: 'editor.tool.table',
      pressed: active.table,
      run: () => chain().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
    },
    { word: 'editor.tool.undo', run: () => chain().undo().run() },
    { word: 'editor.tool.redo', run: () => chain().redo().run() },
  ];
  const tableTools: Tool[] = [
    { word: 'editor.tool.rowAfter', run: () => chain().addRowAfter().run() },
    { word: 'editor.tool.rowDelete', run: () => chain().deleteRow().run() },
    { word: 'editor.tool.columnAfter', run: () => chain().addColumnAfter().run() },
    { word: 'editor.tool.columnDelete', run: () => chain().deleteColumn().run() },
    { word: 'editor.tool.headerRow', run: () => chain().toggleHeaderRow().run() },
    { word: 'editor.tool.merge', run: () => chain().mergeOrSplit().run() },
    { word: 'editor.tool.tableDelete', run: () => chain().deleteTable().run() },
  ];
  const onKeyDown = ({ key, currentTarget }: KeyboardEvent) => {
    if (key === 'Escape') return void editor.commands.focus();
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return;
    const all = Array.from(currentTarget.querySelectorAll<HTMLElement>('button'));
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + (key === 'ArrowRight' ? 1 : -1) + all.length) % all.length]?.focus();
  };
  return (
    <div ref={bar} className="toolbar" role="toolbar" aria-label={t('editor.body')} onKeyDown={onKeyDown}>
      {[...tools, ...(active.table ? tableTools : [])].map(({ word, pressed, run }) => (
        <button key={word} type="button" className="tool" aria-pressed={pressed} onClick={run}>
          {t(word)}
        </button>
      ))}
      <input
        ref={file}
        type="file"
        className="unseen"
        tabIndex={-1}
        aria-label={t('editor.tool.picture')}
        accept={pictureTypes}
        multiple
        onChange={({ target }) => {
          onPictures?.(Array.from(target.files ?? []));
          target.value = '';
        }}
      />
    </div>
  );
}
