"""The page's look: readable by a judge, on paper, in the dark, and without colour."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #767676; --soft: #f1f1ee; --bad: #9b1c1c;
  --unsure: #6b4a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --paper: #161616; --line: #8c8c8c; --soft: #262626; --bad: #ff9c94; --unsure: #f0c050; } }
@media (forced-colors: active) { :root { --ink: CanvasText; --paper: Canvas; --line: CanvasText; --soft: Canvas;
  --bad: CanvasText; --unsure: CanvasText; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 Georgia, 'Times New Roman', 'Liberation Serif', serif; overflow-wrap: break-word; }
h1 { font-size: 1.25rem; margin: 0 0 .6rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; } a { color: inherit; } p { margin: .5rem 0; }
code { font: .86em/1.45 ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace; }
.digest i { font-style: normal; display: inline-block; margin-right: .45em; } .digest i:last-child { margin: 0; }
.small, .rest { font-size: .88em; } caption { font-size: .85rem; } caption { text-align: left; padding: 0 0 .3rem; }
nav ul { padding: 0; margin: .8rem 0 0; display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; list-style: none; }

.verdict { border: 3px solid; padding: .8rem 1.1rem; } .verdict > p:first-child { margin-top: 0; }
.verdict strong { font-size: 1.4rem; line-height: 1.3; } .verdict.BROKEN { border: 8px double; }
.verdict.NOT { border-style: dashed; } .verdict ul { margin: .3rem 0; padding-left: 1.2rem; }
.BROKEN > p > strong, .no { color: var(--bad); } .NOT > p > strong, .unsure { color: var(--unsure); }

.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .4rem 0 1rem; }
th, td { border: 1px solid var(--line); padding: .35rem .55rem; text-align: left; vertical-align: top; }
td, tbody th { overflow-wrap: anywhere; } thead th { background: var(--soft); }
.fine, .no, .unsure { white-space: nowrap; } tbody th { font-weight: normal; min-width: 5.5rem; }
.no, .B > td:nth-child(2) { font-weight: bold; text-decoration: underline; }
.unsure { font-style: italic; font-weight: bold; }
dl.facts { margin: 0; display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .1rem .9rem; }
dl.facts dt { font-style: italic; } dl.facts dd { margin: 0; min-width: 0; } dd ul { margin: 0; padding-left: 1.1rem; }
.said { white-space: pre-line; } .long { max-height: 14em; overflow: auto; border-left: 3px solid var(--line);
  padding-left: .6rem; } .sealed { border: 1px dashed; padding: 0 .3rem; font-size: .85em; white-space: nowrap; }
.who-is b { display: block; } .events .when { white-space: nowrap; width: 1%; }

details { margin: .3rem 0 0; } summary { cursor: pointer; font-size: .85rem; position: relative; }
details p, details ul { margin: .3rem 0; } .findings td:last-child { width: 24%; }
.findings, .scroll > svg { min-width: 36rem; }
details[open] { border-left: 3px solid var(--line); padding-left: .6rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:target { scroll-margin-top: 5rem; } tr:target, tbody:target { outline: 4px solid var(--ink); outline-offset: -1px; }
.alone, .extract { display: none; } .alone { border: 1px solid; padding: .4rem .9rem; margin: .9rem 0; }
.alone p, .alone ul { margin: .1rem 0; }
main:has(> .item:target, > .item :target) > .item:not(:target, :has(:target)) { display: none; }
main > .item:is(:target, :has(:target)) > .alone, body:has(.item:target, .item :target) .extract { display: block; }

section.item { border-top: 3px solid; margin-top: 2.4rem; padding-top: .1rem; }
.events tbody { border-top: 2px solid var(--ink); } .events td.details { background: var(--soft); }
.gap td { border: 3px dashed var(--ink); font-weight: bold; padding: .5rem .7rem; }
.gaps li { margin: .2rem 0; } .gaps b { text-transform: uppercase; letter-spacing: .02em; }

svg { display: block; width: 100%; max-width: 860px; height: auto; font-family: inherit; font-size: 13px; }
svg text { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg .ink { fill: var(--ink); } svg .faint { opacity: .55; }
svg .number { fill: var(--paper); stroke: none; font-weight: bold; font-size: 12px; }
svg .paper { fill: var(--paper); } svg .line { fill: none; stroke: var(--ink); }
svg .thin { stroke-width: .4; } svg .edge { stroke: var(--ink); stroke-dasharray: 3 3; } svg .who { font-weight: bold; }
svg .sign { font-weight: bold; font-size: 12px; } svg .where, svg .tick { font-size: 11px; }
svg .hollow { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5;
  stroke-dasharray: 6 3; } svg .mark { fill: var(--paper); stroke: var(--ink); stroke-width: 3; }
svg .filled { stroke: var(--ink); } svg .border { fill: none; stroke: var(--ink); stroke-width: 2.5; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; margin: .4rem 0; }
.key svg { display: inline-block; width: 34px; height: 14px; vertical-align: -2px; margin-right: .3rem; }

@page { size: A4; margin: 15mm 14mm 17mm;
  @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }
@media print {
  :root { color-scheme: light;
    --ink: #000; --paper: #fff; --soft: #eee; --line: #555; --bad: #000; --unsure: #000; }
  details::details-content { content-visibility: visible; display: block; height: auto; opacity: 1; }
  details { break-inside: avoid; border-left: 2px solid var(--line); padding-left: .5rem; }
  details summary { list-style: none; font-style: italic; } summary::-webkit-details-marker { display: none; }
  tr:target, tbody:target { outline: 0; } .alone ul { display: none; }
  .scroll { overflow: visible; } .findings, .scroll > svg { min-width: 0; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } a { text-decoration: none; }
  nav:not(.alone), .onscreen { display: none; }
  table { font-size: 8.5pt; }
  section.item { break-before: page; border-top: 0; margin-top: 0; padding-top: 0; }
  h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; break-after: avoid; } tr, svg, .verdict, li, .key { break-inside: avoid; }
  .key { break-before: avoid; }
  .events tr.main { break-after: avoid; } .tall tr, tr.tall { break-inside: auto; }
  .long { max-height: none; overflow: visible; } }
"""
