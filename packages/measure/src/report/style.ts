/** The style sheet of the page. Colours are in `palette.ts`. */
import { colorCss } from './palette.ts';

export function styleSheet(): string {
  return `${colorCss()}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main,header.top,footer{max-width:1080px;margin:0 auto;padding:0 28px}
header.top{padding-top:56px}
h1,h2,h3,p,ul,dl,figure{margin:0;padding:0}
h1,h2,h3,h4{line-height:1.2;letter-spacing:-.012em;overflow-wrap:anywhere;text-wrap:balance}
h1{font-size:clamp(1.8rem,4.6vw,2.6rem);font-weight:680}
h2{font-size:1.5rem;font-weight:650;margin-top:72px;scroll-margin-top:24px}
h3{font-size:1.1rem;font-weight:640;margin-top:40px}
.lead{color:var(--muted);margin-top:8px;max-width:70ch}
header.top .lead{font-size:1.12rem;margin-top:14px}
p{overflow-wrap:anywhere}
.prose{margin-top:18px;max-width:74ch}
.prose p+p{margin-top:12px}
code{font:.9em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;background:var(--raised);border-radius:4px;padding:.12em .38em;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:4px}

.card{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:1px;margin-top:32px;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.card>div{background:var(--surface);padding:14px 18px}
.card>.wide{grid-column:span 2}
.card dt,.figure dt,.answer dt{font-size:.8rem;color:var(--muted)}
.card dd{margin:3px 0 0;font-weight:560;font-size:.95rem;overflow-wrap:anywhere}
.card dd small{display:block;font-weight:400;color:var(--muted);font-size:.82rem}
nav.contents{margin-top:26px}
nav.contents ul{display:flex;flex-wrap:wrap;gap:8px;list-style:none}
nav.contents a{display:block;padding:5px 13px;border:1px solid var(--line);border-radius:999px;background:var(--surface);color:var(--ink);text-decoration:none;font-size:.88rem}
nav.contents a:hover{border-color:var(--accent);color:var(--accent)}

.panel{background:var(--surface);border:1px solid var(--line);border-radius:12px;margin-top:22px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:16px;margin-top:22px}
.figures>.figure{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:18px 22px 20px;display:flex;flex-direction:column}
.figure h4{font-size:.95rem;font-weight:600;margin:0;letter-spacing:0}
.figure dl{display:flex;flex-wrap:wrap;gap:6px 28px;margin-top:12px}
.figure dd{margin:0;font-size:1.5rem;font-weight:640;letter-spacing:-.02em;line-height:1.25;overflow-wrap:anywhere}
.figure dd.text{font-size:1.02rem;letter-spacing:0;line-height:1.35;padding-top:.25em}
.figure .best dd{color:var(--accent)}
.figure .note{color:var(--muted);font-size:.84rem;margin-top:auto;padding-top:12px;line-height:1.45}

.answers{padding:22px 26px 24px}
.answers h4{font-size:1.05rem;font-weight:640;margin:0 0 16px}
.answers dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:22px 32px}
.answer dd{margin:3px 0 0;overflow-wrap:anywhere}
.answer .what{font-weight:640;font-size:1.08rem}
.answer .why{color:var(--muted);font-size:.9rem;line-height:1.5}
.answers .aside{margin-top:20px;padding-top:16px;border-top:1px solid var(--line);font-size:.9rem;color:var(--muted)}

.scroll{position:relative;overflow-x:auto;border-radius:12px}
table{border-collapse:collapse;width:100%;font-size:.92rem;line-height:1.35}
caption{text-align:left;padding:18px 22px 12px;font-weight:600}
th,td{padding:11px 14px;text-align:right;vertical-align:top;border-top:1px solid var(--line);white-space:nowrap}
th.left,td.left{text-align:left;white-space:normal;min-width:10.5rem;overflow-wrap:anywhere}
thead th,thead td{font-weight:560;color:var(--muted);font-size:.84rem;vertical-align:bottom;border-top:0;border-bottom:1px solid var(--strong);white-space:normal}
tbody tr:first-child>*{border-top:0}
tbody th{font-weight:600}
th:first-child,td:first-child{padding-left:22px}
th:last-child,td:last-child{padding-right:22px}
th small,td small{display:block;font-weight:400;color:var(--muted);font-size:.8rem;margin-top:2px}
td.winner{background:var(--accent-soft);font-weight:640}
td.winner small{color:inherit;opacity:.85}
.mark{font-weight:640;margin-left:.4em}
.mark.ok{color:var(--accent)}
.mark.wrong,.mark.failed{color:var(--warn)}
.mark.same{color:var(--muted)}
td.bad{background:var(--warn-soft)}
td.none{color:var(--muted)}
.below{padding:12px 22px 16px;color:var(--muted);font-size:.86rem;border-top:1px solid var(--line)}

.chart{padding:20px 22px 14px;margin-top:22px}
.chart figcaption h4{font-size:1.02rem;font-weight:620;margin:0}
.chart figcaption p{color:var(--muted);font-size:.9rem;margin-top:4px;max-width:80ch}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin-top:12px;font-size:.87rem}
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px}
.chart svg{display:block;width:100%;height:auto;margin:12px auto 0;overflow:visible}
.chart svg text{font-variant-numeric:tabular-nums}
.chart svg.narrow{display:none}
.chart details{margin-top:8px;border-top:1px solid var(--line);padding-top:10px}
.chart details table{margin-top:8px;width:auto;min-width:min(100%,420px)}
.chart details th:first-child,.chart details td:first-child{padding-left:4px}

summary{cursor:pointer;font-size:.9rem;color:var(--muted)}
summary:hover{color:var(--accent)}
details.fold{padding:14px 22px}
details.fold>summary{font-size:.98rem;color:var(--ink);font-weight:560}
details.fold[open]>summary{margin-bottom:6px}
details.fold .panel{border-radius:9px;margin-top:14px}
.images{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:18px;margin-top:22px}
.images figure{background:var(--surface);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.images img{display:block;width:100%;height:auto;background:var(--raised)}
.images figcaption{padding:11px 18px 13px;font-size:.88rem;color:var(--muted);overflow-wrap:anywhere}
.code{margin-top:16px}
.code p{font-size:.86rem;color:var(--muted);margin-bottom:6px}
pre{margin:0;padding:14px 18px;background:var(--raised);border:1px solid var(--line);border-radius:9px;overflow-x:auto;font:.84rem/1.55 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
footer{margin-top:80px;padding-top:18px;padding-bottom:44px;color:var(--muted);font-size:.84rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

@media (max-width:700px){
main,header.top,footer{padding-left:16px;padding-right:16px}
header.top{padding-top:32px}
h2{margin-top:52px;font-size:1.32rem}
.card{grid-template-columns:repeat(2,1fr)}
.card>div{padding:12px 14px}
.figures{grid-template-columns:1fr}
.answers{padding:18px}
.chart{padding:16px 14px 12px}
.chart svg.wide{display:none}
.chart svg.narrow{display:block}
th,td{padding:9px 10px}
th:first-child,td:first-child{padding-left:16px}
th.left,td.left{min-width:8.6rem}
tbody th{position:sticky;left:0;background:var(--surface);z-index:1}
caption{padding:15px 16px 10px}
.below{padding:11px 16px 14px}
}
@media print{.panel,.figures>.figure,.images figure,.card{break-inside:avoid}nav.contents{display:none}}`;
}
