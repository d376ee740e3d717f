/** The look of the public pages: one file, system fonts, no script. Readable at any width, on paper, and enlarged. */
export const stylesheet = `
:root { --ink: #1c2733; --soft: #565b63; --line: #dde3ea; --blue: #0b4ea2; --pale: #f3f6fa; }
* { box-sizing: border-box; }
html { font: 16px/1.75 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif; color: var(--ink); background: #fff; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; }
main { flex: 1; width: 100%; }
a { color: var(--blue); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 3px solid #ffb020; outline-offset: 2px; }
.wrap { max-width: 1040px; margin: 0 auto; padding: 0 20px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 8px; top: 8px; background: #fff; padding: 8px 12px; }
.masthead { background: linear-gradient(180deg, #0b4ea2, #093f84); color: #fff; border-bottom: 4px solid #c9a24b; }
.masthead .wrap { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; padding-top: 26px; padding-bottom: 22px; flex-wrap: wrap; }
.masthead-name { color: #fff; font-size: 28px; font-weight: 700; letter-spacing: 2px; }
.masthead-note { margin: 0; font-size: 14px; color: #dbe7f6; }
.trail { padding-top: 14px; font-size: 14px; color: var(--soft); }
.trail ol { list-style: none; display: flex; gap: 8px; margin: 0; padding: 0; flex-wrap: wrap; }
.trail li + li::before { content: "›"; margin-right: 8px; color: #9aa3ad; }
.article { max-width: 860px; margin: 22px auto 48px; }
.article-title { font-size: 26px; line-height: 1.45; text-align: center; margin: 8px 0 18px; font-weight: 700; }
.article-facts { display: flex; flex-wrap: wrap; justify-content: center; gap: 4px 28px; margin: 0 0 26px; padding: 10px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); font-size: 14px; color: var(--soft); }
.article-facts div { display: flex; gap: 8px; }
.article-facts dt::after { content: "："; }
.article-facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.article-summary { background: var(--pale); border-left: 4px solid var(--blue); padding: 12px 16px; margin: 0 0 22px; }
.article-body { overflow-wrap: anywhere; }
.article-body p { margin: 0 0 1em; text-indent: 2em; }
.article-body h2, .article-body h3, .article-body h4 { line-height: 1.5; margin: 1.6em 0 .6em; }
.article-body img { max-width: 100%; height: auto; }
.article-body table { border-collapse: collapse; width: 100%; margin: 1em 0; font-size: 15px; }
.article-body th, .article-body td { border: 1px solid #b8c2cd; padding: 6px 10px; text-align: left; }
.article-body td p, .article-body li p { text-indent: 0; }
.article-origin { margin-top: 32px; padding-top: 12px; border-top: 1px dashed var(--line); font-size: 14px; color: var(--soft); overflow-wrap: anywhere; }
.verdict { display: table; margin: 0 auto; padding: 2px 18px; border-radius: 3px; font-weight: 700; letter-spacing: 4px; color: #fff; background: #a3161b; }
.verdict-outdated { background: #7a4a00; }
.list-title { font-size: 20px; border-bottom: 2px solid var(--blue); padding-bottom: 8px; margin: 28px 0 0; }
.list { list-style: none; margin: 0 0 24px; padding: 0; }
.list li { display: flex; gap: 20px; align-items: baseline; justify-content: space-between; padding: 11px 2px; border-bottom: 1px solid var(--line); }
.list .list-what { min-width: 0; }
.list .list-source { display: inline-block; margin-left: 10px; font-size: 13px; color: var(--soft); }
.list time { flex: none; color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.tag { display: inline-block; font-size: 12px; line-height: 20px; padding: 0 7px; margin-right: 8px; border-radius: 2px; background: #e7eef8; color: #0b4ea2; }
.tag-rebuttal { background: #fbe9e9; color: #a3161b; }
.sites { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 16px; padding: 0; list-style: none; }
.pager { display: flex; justify-content: space-between; margin: 16px 0 40px; }
.empty { padding: 60px 0; text-align: center; color: var(--soft); }
.foot { background: var(--pale); border-top: 1px solid var(--line); font-size: 14px; color: var(--soft); }
.foot .wrap { display: flex; justify-content: space-between; gap: 16px; flex-wrap: wrap; padding-top: 12px; padding-bottom: 12px; }
.foot p { margin: 0; }
body.preview { padding: 4px 20px; }
body.preview .article { margin: 10px auto 20px; }
body.preview .article-title { font-size: 21px; }
@media (max-width: 640px) {
  .masthead-name { font-size: 22px; }
  .article-title { font-size: 21px; text-align: left; }
  .article-facts { justify-content: flex-start; }
  .list li { flex-direction: column; gap: 2px; }
}
@media print {
  .masthead, .foot, .trail, .skip { display: none; }
  .article { max-width: none; margin: 0; }
  a { color: inherit; }
}
`;
