// SPDX-License-Identifier: MIT
// How the page looks: light and dark, from 390 pixels up.
#pragma once

namespace kd::train::detail {

inline constexpr char page_style[] = R"(
:root{--paper:#fff;--card:#f6f7f9;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;
--s0:#6f42c1;--s1:#b04a00;--s2:#0b62a8;--right:#0b5cab;--wrong:#b04a00;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--paper:#0f1318;--card:#181d24;--ink:#e6e9ee;
--soft:#a3adba;--rule:#39424e;--s0:#c3a6ff;--s1:#ffab66;--s2:#6cc1ff;--right:#6cb8ff;
--wrong:#ffab66}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1280px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--rule)}
p{margin:0 0 8px;max-width:80ch}
.when{color:var(--soft);font-size:.9rem}
.verdict{margin:20px 0;padding:16px;background:var(--card);border-left:4px solid var(--s2)}
.verdict p:first-child{font-size:1.15rem;font-weight:600}
.verdict p:last-child,.verdict ul{margin:0}
.verdict ul{padding-left:1.2em;max-width:80ch}
.charts{display:grid;gap:24px;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));
align-items:start}
figure{margin:0;min-width:0}
figcaption{font-size:.88rem;color:var(--soft);margin-top:6px}
figcaption b{color:var(--ink)}
svg{display:block;width:100%;height:auto}
svg text{font-size:11px;fill:var(--ink)}
svg .t{fill:var(--soft)}
svg .e{text-anchor:end}
svg .c{text-anchor:middle}
svg .n{text-anchor:middle}
svg .over{fill:var(--paper)}
svg .w{font-weight:600}
.g{stroke:var(--rule);stroke-width:1;fill:none}
.lead{stroke:var(--soft);stroke-width:1;stroke-dasharray:1 3;fill:none}
.a{stroke:var(--soft);stroke-width:1;fill:none}
.ideal{stroke:var(--soft);stroke-dasharray:1 4;stroke-linecap:round;stroke-width:1.5;fill:none}
.l{fill:none;stroke-width:2;stroke-linejoin:round}
.l.s0{stroke:var(--s0);stroke-dasharray:2 4}
.l.s1{stroke:var(--s1);stroke-dasharray:8 4}
.l.s2{stroke:var(--s2)}
.m{stroke:var(--paper);stroke-width:1}
.m.s0,text.s0{fill:var(--s0)}.m.s1,text.s1{fill:var(--s1)}.m.s2,text.s2{fill:var(--s2)}
svg text.s0{fill:var(--s0)}svg text.s1{fill:var(--s1)}svg text.s2{fill:var(--s2)}
.bg{fill:var(--card);stroke:var(--rule)}
.right{fill:var(--right)}.wrong{fill:var(--wrong)}
.gain{fill:var(--s2)}.loss{fill:none;stroke:var(--s1);stroke-width:1.5}
table{border-collapse:collapse;table-layout:fixed;width:100%;font-size:.92rem;
font-variant-numeric:tabular-nums}
section>table{max-width:60rem}
th,td{padding:5px 6px;border-bottom:1px solid var(--rule);text-align:right;vertical-align:top}
th{overflow-wrap:anywhere}
th:first-child{text-align:left;width:34%}
.settings td{text-align:left;overflow-wrap:anywhere}
tbody th{font-weight:400}
thead th{font-weight:600}
td.best{font-weight:700}
.images{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(168px,1fr))}
.images figure{background:var(--card);padding:10px}
.images img{width:112px;height:112px;image-rendering:pixelated;display:block}
.images figcaption{color:var(--ink);line-height:1.4;overflow-wrap:anywhere}
.images .no{text-decoration:underline dotted;text-underline-offset:3px}
pre{background:var(--card);padding:12px;white-space:pre-wrap;overflow-wrap:anywhere;
font-size:.85rem}
@media(max-width:480px){table{font-size:.82rem}th,td{padding:4px 3px}
.images{grid-template-columns:1fr 1fr;gap:8px}}
)";

}  // namespace kd::train::detail
