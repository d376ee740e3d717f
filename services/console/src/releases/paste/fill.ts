import type { Editor } from '@tiptap/react';
import { blocksOf } from '../blocks-of.ts';

/** So many blocks are put in before the page may do something else. */
const atOnce = 150;

/**
 * Puts a cleaned text where the caret is. A long one comes in parts, so that the page stays alive; into a list or a table, where
 * parts would not join, it comes whole.
 */
export async function fill(editor: Editor, html: string): Promise<void> {
  const blocks = blocksOf(html);
  if (blocks.length <= atOnce || editor.state.selection.$from.depth > 1) {
    editor.view.pasteHTML(html);
    return;
  }
  editor.view.pasteHTML(blocks.slice(0, atOnce).join(''));
  const { $to, to } = editor.state.selection;
  let at = $to.depth > 0 ? $to.after(1) : to;
  for (let next = atOnce; next < blocks.length; next += atOnce) {
    await new Promise((resolve) => setTimeout(resolve));
    if (editor.isDestroyed) return;
    const before = editor.state.doc.content.size;
    editor.commands.insertContentAt(at, blocks.slice(next, next + atOnce).join(''), { updateSelection: false });
    at += editor.state.doc.content.size - before;
  }
}
