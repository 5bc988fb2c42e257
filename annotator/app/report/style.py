"""How the page looks: on a screen, light or dark as the reader's system is set, and on paper."""

STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --text: #1c2024; --quiet: #5a636e; --line: #d5dae0;
  --soft: #f4f6f8; --accent: #1f5fa8; --accent-rgb: 31, 95, 168; --warn: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --ground: #16191d; --text: #e6e9ec; --quiet: #a3adb8; --line: #363d45;
  --soft: #1f2429; --accent: #79b0ee; --accent-rgb: 88, 145, 214; --warn: #f0b465; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, "Segoe UI", Roboto, Arial,
  sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; } footer { padding-bottom: 3rem; color: var(--quiet); font-size: .9rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; } h2 { font-size: 1.45rem; margin: 2.6rem 0 .4rem;
  border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
h3 { font-size: 1.15rem; margin: 2rem 0 .3rem; } h4 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; } .quiet { color: var(--quiet); }
a { color: var(--accent); } a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; margin: .6rem 0 1.2rem; font-variant-numeric: tabular-nums; font-size: .93rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .3rem; }
th, td { padding: .28rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); } td.n, th.n { text-align: right; } td.n { white-space: nowrap; }
thead th { vertical-align: bottom; }
tbody th { font-weight: 500; } td.few { color: var(--quiet); font-style: italic; }
td.cell { text-align: center; min-width: 4.2rem; } td.cell small { display: block; }
figure { margin: 1rem 0; } figcaption { color: var(--quiet); font-size: .88rem; }
svg { width: 100%; height: auto; display: block; font: 13px system-ui, Arial, sans-serif; }
svg text { fill: var(--text); } svg .grid { stroke: var(--line); }
svg .mark { stroke: var(--accent); stroke-width: 2.5; }
svg .dot { fill: var(--accent); } svg .bar { fill: rgba(var(--accent-rgb), .55); } svg .frame { fill: none;
  stroke: var(--line); } svg .halo { fill: rgba(var(--accent-rgb), .12); stroke: rgba(var(--accent-rgb), .5); }
svg .band { fill: rgba(var(--accent-rgb), .16); } svg .other { fill: var(--quiet); }
.hints li { color: var(--warn); } blockquote { margin: .6rem 0; padding: .7rem 1rem; background: var(--soft);
  border-left: 3px solid var(--accent); max-width: 48rem; }
@media print { :root { --ground: #fff; --text: #000; --quiet: #444; --line: #bbb; --soft: #f4f4f4; --accent: #1f5fa8;
  --accent-rgb: 31, 95, 168; --warn: #5c3300; } body { font-size: 10.5pt; } nav { display: none; }
  h2, h3, h4 { break-after: avoid; } figure, tr { break-inside: avoid; } .wide { overflow: visible; } }
"""
