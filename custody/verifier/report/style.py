"""The page's look: readable by a judge, on paper, in the dark, and without colour."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --line: #8a8a8a; --soft: #f1f1ee; --strong: #000; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #161616; --line: #8a8a8a; --soft: #242424; --strong: #fff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 Georgia, 'Times New Roman', serif; overflow-wrap: break-word; }
h1 { font-size: 1.3rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; }
.verdict { border: 3px solid var(--strong); padding: .8rem 1rem; font-size: 1.35rem; font-weight: bold; }
.verdict small { display: block; font-weight: normal; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { border: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top; }
th { background: var(--soft); } thead { display: table-header-group; } tr { break-inside: avoid; }
code, .mono { font: .85em/1.4 ui-monospace, Menlo, Consolas, monospace; }
dl.facts { margin: .3rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 .8rem; }
dl.facts dt { font-style: italic; } dl.facts dd { margin: 0; }
details > summary { cursor: pointer; } section.item { border-top: 2px solid var(--strong); margin-top: 2rem; }
.timeline { overflow-x: auto; } svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); }
.B { font-weight: bold; } .note { font-size: .85rem; }
@page { size: A4; margin: 16mm; }
@media print { :root { --ink: #000; --paper: #fff; --soft: #eee; --line: #666; --strong: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } section.item { break-before: page; }
  details:not([open]) > *:not(summary) { display: block; } }
"""
