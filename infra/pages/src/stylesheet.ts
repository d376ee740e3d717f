/** The look of the public pages: one file, system fonts, no script. Readable at any width, on paper, and enlarged. */
export const stylesheet = `
:root { --ink: #1b2733; --soft: #55606d; --line: #dce3ec; --blue: #0a4c9c; --deep: #073a7a; --gold: #c8a045; --pale: #f4f7fb; --red: #a8181e; }
* { box-sizing: border-box; }
html { font: 16px/1.8 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif; color: var(--ink); background: #fff; -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; }
main { flex: 1; width: 100%; }
main:focus { outline: none; }
a { color: var(--blue); text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: 3px; }
a:focus-visible { outline: 3px solid #f5a300; outline-offset: 2px; border-radius: 1px; }
.wrap { max-width: 1160px; margin: 0 auto; padding: 0 24px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 8px; top: 8px; z-index: 1; background: #fff; padding: 6px 14px; }

.masthead { background: var(--blue) linear-gradient(100deg, var(--deep), #0d5bb8); border-bottom: 3px solid var(--gold); }
.masthead .wrap { padding-top: 26px; padding-bottom: 26px; }
.masthead-name { color: #fff; font-size: 30px; line-height: 1.35; font-weight: 700; letter-spacing: .06em; }
.masthead-name:focus-visible { outline-color: #fff; }
.trail { padding-top: 16px; font-size: 14px; color: var(--soft); width: 100%; }
.trail ol { list-style: none; display: flex; flex-wrap: wrap; gap: 0 8px; margin: 0; padding: 0; }
.trail li + li::before { content: "›" / ""; margin-right: 8px; color: #8b95a1; }
.foot { margin-top: 56px; background: var(--pale); border-top: 1px solid var(--line); font-size: 14px; color: var(--soft); }
.foot .wrap { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 24px; padding-top: 18px; padding-bottom: 18px; }
.foot p { margin: 0; }
.foot a { margin-left: 10px; text-decoration: underline; text-underline-offset: 3px; }

.article { max-width: 860px; margin: 30px auto 0; }
.article-verdict { display: table; margin: 0 auto 10px; padding: 1px 16px 1px 20px; border-radius: 2px; font-size: 18px; font-weight: 700; letter-spacing: .25em; color: #fff; background: var(--red); }
.article-claim { margin: 0 auto 12px; max-width: 720px; padding: 8px 14px; border-left: 4px solid var(--red); background: #faf3f2; color: #444; }
.article-correction { margin: 0 auto 12px; max-width: 720px; padding: 8px 14px; border-left: 4px solid #8a4300; background: #fff4dc; color: #444; }
.verdict-misleading { background: #8a4300; }
.verdict-outdated { background: #55606d; }
.article-title { font-size: 28px; line-height: 1.5; text-align: center; text-wrap: balance; margin: 0 0 20px; font-weight: 700; overflow-wrap: anywhere; }
.article-facts { display: flex; flex-wrap: wrap; justify-content: center; gap: 2px 30px; margin: 0 0 30px; padding: 9px 0; border: solid var(--line); border-width: 1px 0; font-size: 14px; color: var(--soft); }
.article-facts div { display: flex; }
.article-facts dt { flex: none; }
.article-facts dt::after { content: "："; }
.article-facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.article-facts a, .article-origin a, .article-body a { text-decoration: underline; text-underline-offset: 3px; }
.article-summary { margin: 0 0 26px; padding: 14px 20px; background: var(--pale); border-left: 4px solid var(--blue); }
.article-body { font-size: 17px; line-height: 1.95; overflow-wrap: anywhere; overflow-x: auto; }
.article-body p { margin: 0 0 .9em; text-indent: 2em; }
.article-indented p, .article-body :is(td, th, li, blockquote, figure, dd) p { text-indent: 0; }
.article-body :is(h2, h3, h4, h5) { font-size: 1.12em; line-height: 1.6; margin: 1.6em 0 .6em; }
.article-body img { max-width: 100%; height: auto; }
.article-body > img { display: block; margin: 1.2em auto; }
.article-body figure { margin: 1.2em 0; text-align: center; }
.article-body blockquote { margin: 1em 0; padding: 2px 20px; border-left: 3px solid var(--line); color: var(--soft); }
.article-body table { border-collapse: collapse; width: 100%; margin: 1.2em 0; font-size: 15px; line-height: 1.7; overflow-wrap: break-word; }
.article-body :is(th, td) { border: 1px solid #b9c4d0; padding: 6px 10px; text-align: left; vertical-align: top; }
.article-body th { background: var(--pale); }
.article-body pre { white-space: pre-wrap; }
.article-recording { margin: 0 0 26px; text-align: center; font-size: 14px; color: var(--soft); }
.article-recording :is(video, audio) { display: block; width: 100%; max-width: 720px; margin: 0 auto 6px; background: var(--pale); }
.article-recording video { aspect-ratio: 16 / 9; background: #10161d; }
.article-attachments { margin: 30px 0 0; padding: 14px 20px; background: var(--pale); }
.article-attachments h2 { margin: 0 0 6px; font-size: 17px; }
.article-attachments ul { margin: 0; padding-left: 1.4em; }
.article-attachments a { text-decoration: underline; text-underline-offset: 3px; overflow-wrap: anywhere; }
.article-origin { margin: 36px 0 0; padding-top: 14px; border-top: 1px solid var(--line); font-size: 14px; color: var(--soft); overflow-wrap: anywhere; }

.heading { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 20px; margin: 26px 0 0; border-bottom: 2px solid var(--blue); }
.heading :is(h1, h2) { font-size: 21px; line-height: 1.5; margin: 0; padding: 4px 0 6px; }
.heading p { margin: 0; font-size: 14px; color: var(--soft); }
.sites { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 0 44px; }
.shelf { display: grid; grid-template-columns: 190px minmax(0, 1fr); gap: 0 40px; align-items: start; }
.columns { margin: 26px 0 0; padding: 0; list-style: none; border-top: 2px solid var(--blue); }
.columns a { display: flex; justify-content: space-between; gap: 10px; padding: 8px 12px; border-bottom: 1px solid var(--line); color: var(--ink); }
.columns a:hover { background: var(--pale); text-decoration: none; color: var(--blue); }
.columns a[aria-current] { background: var(--blue); color: #fff; }
.columns .count { font-size: 14px; color: var(--soft); font-variant-numeric: tabular-nums; }
.columns a[aria-current] .count { color: #fff; }
.list { list-style: none; margin: 0; padding: 0; }
.list li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 24px; align-items: baseline; padding: 10px 2px; border-bottom: 1px solid var(--line); }
.list a { overflow-wrap: anywhere; }
.sites { list-style: none; margin: 0; padding: 8px 2px; display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 8px 24px; }
.list a:visited { color: #4b3f8f; }
.list time { color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.list .list-source { grid-column: 1 / -1; margin: 0; font-size: 14px; line-height: 1.6; color: var(--soft); }
.tag { display: inline-block; font-size: 13px; line-height: 21px; padding: 0 7px; margin-right: 8px; border-radius: 2px; background: #e6eef9; color: var(--blue); }
.tag-rebuttal { background: #fbe9ea; color: var(--red); }
.pager { display: flex; align-items: center; justify-content: center; gap: 26px; margin: 26px 0 0; font-size: 15px; }
.pager a { padding: 4px 18px; border: 1px solid var(--blue); border-radius: 2px; }
.pager a:hover { background: var(--blue); color: #fff; text-decoration: none; }
.notice { padding: 90px 0; text-align: center; }
.notice h1 { font-size: 26px; margin: 0 0 8px; }
.notice p { margin: 0 0 22px; color: var(--soft); }

.page-report { margin: 28px 0 0; padding-top: 12px; border-top: 1px solid var(--line); font-size: 14px; color: var(--soft); }
.page-report a { margin-right: 10px; padding: 3px 14px; border: 1px solid var(--blue); border-radius: 2px; }
.form { max-width: 720px; margin: 20px 0 0; }
.form label { display: block; font-weight: 600; }
.form input:not([type=hidden]), .form select, .form textarea { box-sizing: border-box; width: 100%; margin: 4px 0 0; padding: 9px 12px; border: 1px solid #7d838c; border-radius: 2px; background: #fff; color: var(--ink); font: inherit; }
.form :is(input, select, textarea):focus-visible, .form-send:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
.form [aria-invalid] { border-color: var(--red); border-width: 2px; }
.form-field { margin: 0 0 22px; }
.form-hint { margin: 0; font-size: 14px; color: var(--soft); }
.form-place { padding: 10px 14px; background: var(--pale); overflow-wrap: anywhere; }
.form-place a, .form-text a { text-decoration: underline; text-underline-offset: 3px; }
.form-problem { margin: 4px 0 0; color: var(--red); font-weight: 600; }
.form-problems { margin: 18px 0; padding: 12px 18px; border: 2px solid var(--red); }
.form-problems h2 { margin: 0 0 6px; font-size: 18px; }
.form-problems ul { margin: 0; padding-left: 1.2em; }
.form-problems a { color: var(--red); text-decoration: underline; }
.form-trap { position: absolute; left: -9999px; width: 1px; height: 1px; overflow: hidden; }
.form-send { padding: 9px 32px; border: 1px solid var(--blue); border-radius: 2px; background: var(--blue); color: #fff; font: inherit; cursor: pointer; }
.form-line { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; }
.form-line .form-problem { order: 4; width: 100%; }
.form-line input:not([type=hidden]) { width: auto; flex: 1 1 240px; margin: 0; }
.form-facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 8px 22px; margin: 20px 0; }
.form-facts dt { color: var(--soft); }
.form-facts dd { margin: 0; overflow-wrap: anywhere; }
.form-answer { white-space: pre-wrap; }
.form-receipt { font-size: 20px; letter-spacing: .04em; }
.form-table { width: 100%; max-width: 860px; margin: 18px 0; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.form-table caption { padding: 4px 0; font-weight: 600; text-align: left; }
.form-table :is(th, td) { padding: 7px 10px; border-bottom: 1px solid var(--line); text-align: right; }
.form-table :is(th, td):first-child { text-align: left; }

body.preview { padding: 0 22px 24px; }
body.preview .article { margin-top: 16px; }
body.preview .article-title { font-size: 23px; }
body.preview .article-body { font-size: 16px; }

@media (max-width: 760px) {
  .wrap { padding: 0 16px; }
  .masthead .wrap { padding-top: 16px; padding-bottom: 16px; }
  .masthead-name { font-size: 21px; letter-spacing: .02em; }
  .article { margin-top: 18px; }
  .article-title { font-size: 22px; text-align: left; }
  .article-verdict { margin-left: 0; }
  .article-facts { flex-direction: column; margin-bottom: 22px; }
  .article-body table { font-size: 14px; }
  .shelf { grid-template-columns: minmax(0, 1fr); }
  .columns { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 18px; border: 0; }
  .columns a { padding: 4px 12px; border: 1px solid var(--line); border-radius: 2px; }
  .list li { grid-template-columns: minmax(0, 1fr); padding: 12px 0; }
}
@media print {
  .masthead, .foot, .trail, .skip, .columns, .pager { display: none; }
  html { font-size: 12pt; }
  .wrap { max-width: none; padding: 0; }
  .article, body.preview .article { max-width: none; margin: 0; }
  .article-body { font-size: 12pt; overflow: visible; }
  .article-verdict { color: #000; border: 2pt solid #000; background: none; }
  a { color: inherit; }
}
`;
