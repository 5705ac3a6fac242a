import { createHash } from 'node:crypto';

/**
 * The one style sheet of all pages, inlined so that a page is complete before any script. Black, blue, amber and red:
 * no green, no leaf, no lock. A state is text and shape, its colour comes on top.
 */
export const STYLE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding:1rem}
body{margin:0 auto;max-width:44rem;padding:0 1rem 3rem;font:16px/1.45 system-ui,-apple-system,"Segoe UI","PingFang SC","Noto Sans SC","Microsoft YaHei",sans-serif;color:#14181f;background:#fff;overflow-wrap:anywhere}
a{color:#0b4a9e}
:focus-visible{outline:3px solid #0b4a9e;outline-offset:2px}
h1{font-size:1.25rem;line-height:1.3;margin:.2rem 0 .4rem}
h2{font-size:1.05rem;margin:1.8rem 0 .4rem;border-top:1px solid #c9ced6;padding-top:1rem}
p{margin:.35rem 0}
small,.soft{color:#4a5360;font-size:.9rem}
.top{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding:.4rem 0}
.top nav a{display:inline-block;min-width:24px;min-height:24px;padding:.15rem .4rem}
.banner{margin:0 -1rem;padding:.45rem 1rem;background:#5c3a00;color:#fff;font-weight:600}
.number{margin:.3rem 0 0;font-size:2.6rem;line-height:1.1;font-weight:700}
.number small{font-size:1.05rem;font-weight:400;color:inherit}
.stages{list-style:none;margin:.3rem 0 0;padding:0;display:grid;grid-template-columns:minmax(6rem,auto) 1fr auto;gap:.3rem .6rem;align-items:center;font-size:.95rem}
.stages li{display:contents}
.stages i{display:block;height:.8rem;background:#1f4e8c;min-width:2px}
.stages b{font-weight:400;text-align:right}
#checks{margin:.7rem 0;padding:.55rem .7rem;border-left:6px solid #4a5360;background:#f2f4f7}
#checks[data-tone=calm]{border-color:#0b4a9e}
#checks ul{margin:.3rem 0;padding-left:1.1rem}
#checks[data-tone=amber]{border-color:#9a6200;border-style:dashed;background:#fff6e5}
#checks[data-tone=red]{border-color:#a3161a;border-style:double;border-left-width:10px;background:#fdeeee}
.verdict{font-weight:600;margin:0}
del{color:#a3161a}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #e1e5ea;font-weight:400}
thead th{font-weight:600}
td.n{text-align:right;white-space:nowrap}
.wide{overflow-x:auto;overflow-wrap:break-word}
.wide table{min-width:36rem}
.said{font-size:.95rem}
dl{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.25rem .8rem;margin:.4rem 0}
dt{color:#4a5360}dd{margin:0}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
summary{cursor:pointer;min-height:24px}
${Array.from({ length: 20 }, (_, n) => `.w${n + 1}{width:${(n + 1) * 5}%}`).join('')}
@media(max-width:26rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}}
`.replaceAll('\n', '');

/** `'sha256-…'` of the sheet, for `style-src` (CSP3 §2.3.1). */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
