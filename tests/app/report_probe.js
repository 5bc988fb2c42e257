// Measures the report as it is laid out and leaves what it found in the document.
const colour = text => { const n = text.match(/[\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
const light = c => { const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b; };
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
const ground = e => { const layers = []; for (; e; e = e.parentElement) layers.unshift(colour(getComputedStyle(e).backgroundColor));
  return layers.reduce((under, layer) => over(layer, under), [255, 255, 255, 1]); };
const spoken = e => [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim());
const texts = [...document.querySelectorAll('body *')].filter(e => spoken(e) && !['SCRIPT', 'STYLE'].includes(e.tagName) && e.getClientRects().length);
const contrast = texts.map(e => { const style = getComputedStyle(e), under = ground(e);
  return [ratio(over(colour(e.closest('svg') ? style.fill : style.color), under), under), e.textContent.trim().slice(0, 40)]; });
contrast.sort((a, b) => a[0] - b[0]);
const cut = [...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')].filter(t => {
  const a = t.getBoundingClientRect(), b = svg.getBoundingClientRect();
  return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1; }).map(t => t.textContent));
const wide = [...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX == 'auto');
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
document.body.dataset.found = JSON.stringify({
  dark: matchMedia('(prefers-color-scheme: dark)').matches,
  fetched: performance.getEntriesByType('resource').map(e => e.name),
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  contrast: contrast[0],
  cut: cut,
  flat: [...document.querySelectorAll('svg')].filter(e => e.getBoundingClientRect().height < 20).length,
  unreachable: wide.filter(e => e.tabIndex < 0 || !e.getAttribute('aria-label')).length,
  headings: [...document.querySelectorAll('h1, h2, h3, h4')].map(e => [Number(e.tagName[1]), e.textContent]),
  empty: [...document.querySelectorAll('th, caption, h1, h2, h3, h4, figcaption, li, a')].filter(e => !e.textContent.trim()).length,
  twice: ids.filter((id, n) => ids.indexOf(id) != n),
  dead: [...document.querySelectorAll('a')].filter(a => !document.querySelector(a.getAttribute('href'))).length,
  landmarks: ['main', 'header', 'footer', 'nav'].map(name => document.querySelectorAll(name).length),
  title: document.title,
  lang: document.documentElement.lang,
});
