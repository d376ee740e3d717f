import { TableKit } from '@tiptap/extension-table';
import { EditorContent, useEditor, useEditorState, type Editor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import type { ReactElement } from 'react';
import { useWords, type Word } from '../words/index.ts';

/** Only what every channel can carry: paragraphs, headings, lists, quotes, tables, links, bold. */
const extensions = [
  StarterKit.configure({
    heading: { levels: [2, 3, 4] },
    code: false,
    codeBlock: false,
    strike: false,
    horizontalRule: false,
    link: { openOnClick: false, autolink: false, protocols: ['http', 'https'] },
  }),
  TableKit.configure({ table: { resizable: false } }),
];

/** The text of a release. */
export function BodyEditor(props: {
  id: string;
  labelledBy: string;
  html: string;
  onChange: (html: string) => void;
}): ReactElement | null {
  const t = useWords();
  const { id, labelledBy, html, onChange } = props;
  const editor = useEditor({
    extensions,
    content: html,
    editorProps: {
      attributes: { id, role: 'textbox', 'aria-multiline': 'true', 'aria-labelledby': labelledBy, class: 'prose' },
    },
    onUpdate: ({ editor: changed }) => onChange(changed.isEmpty ? '' : changed.getHTML()),
  });
  if (!editor) return null;
  return (
    <div className="body-editor">
      <Toolbar editor={editor} />
      <EditorContent editor={editor} className="body-editor-text" />
      <p className="body-editor-count">
        {t('editor.count', { n: Array.from(editor.getText().replace(/\s/g, '')).length })}
      </p>
    </div>
  );
}

function Toolbar({ editor }: { editor: Editor }): ReactElement {
  const t = useWords();
  const active = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      heading: now.isActive('heading'),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      link: now.isActive('link'),
      table: now.isActive('table'),
    }),
  });
  const chain = () => editor.chain().focus();
  const link = () => {
    const before: unknown = editor.getAttributes('link')['href'];
    const href = window.prompt(t('editor.linkAsk'), typeof before === 'string' ? before : 'https://');
    if (href === null) return;
    if (href.trim() === '' || href === 'https://') chain().unsetLink().run();
    else chain().extendMarkRange('link').setLink({ href: href.trim() }).run();
  };
  const tools: [Word, boolean, () => void][] = [
    ['editor.tool.bold', active.bold, () => chain().toggleBold().run()],
    ['editor.tool.heading', active.heading, () => chain().toggleHeading({ level: 2 }).run()],
    ['editor.tool.bullets', active.bullets, () => chain().toggleBulletList().run()],
    ['editor.tool.numbers', active.numbers, () => chain().toggleOrderedList().run()],
    ['editor.tool.quote', active.quote, () => chain().toggleBlockquote().run()],
    ['editor.tool.link', active.link, link],
    ['editor.tool.table', active.table, () => chain().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()],
    ['editor.tool.undo', false, () => chain().undo().run()],
    ['editor.tool.redo', false, () => chain().redo().run()],
  ];
  return (
    <div className="toolbar" role="toolbar" aria-label={t('editor.body')}>
      {tools.map(([word, pressed, run]) => (
        <button key={word} type="button" className="tool" aria-pressed={pressed} onClick={run}>
          {t(word)}
        </button>
      ))}
    </div>
  );
}
