// What every script needs of the page: its wording, its clock, its user, and news for the reader.
let texts = null;

/** A sentence of the page's language by its key, with {name} filled in. */
export function say(key, values = {}) {
  if (!texts) {
    const holder = document.getElementById('wording');
    texts = holder ? JSON.parse(holder.textContent) : {};
  }
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

const offset = (() => {
  const served = Date.parse(document.documentElement.dataset.now || '');
  return Number.isNaN(served) ? 0 : served - Date.now();
})();

/** Now by the server's clock, in milliseconds: the visitor's clock may be wrong, a demo's may be moved. */
export const now = () => Date.now() + offset;

export const userKey = () => document.documentElement.dataset.user || 'guest';

/** Told to screen readers once, politely. */
export function announce(text) {
  const live = document.getElementById('live');
  if (!live || !text) return;
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
}

/** An icon of the sprite, as an element. */
export function icon(name, css = 'ic') {
  const sprite = document.documentElement.dataset.icons;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', css);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with classes, text and children, without any markup in texts. */
export function make(tag, css = '', ...children) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const OK_STAYS = 6_000;

/** What went well needs no closing: its notice leaves by itself, but never from under the pointer or the focus. */
function leaveLater(box) {
  setTimeout(() => {
    if (box.matches(':hover, :focus-within')) leaveLater(box);
    else box.remove();
  }, OK_STAYS);
}

/** A notice at the foot of the screen, replaced by one of the same key; all but `ok` stay until they are closed. */
export function banner(key, kind, text, actions = []) {
  const slot = document.getElementById('banners');
  if (!slot) return;
  slot.querySelector(`[data-banner="${key}"]`)?.remove();
  const close = make('button', 'icon-btn', icon('x'));
  close.type = 'button';
  close.setAttribute('aria-label', say('close'));
  const box = make('div', `notice n-${kind}`, icon(kind === 'ok' ? 'check' : 'alert'), make('div', '', text), ...actions, close);
  box.dataset.banner = key;
  close.addEventListener('click', () => box.remove());
  slot.append(box);
  if (kind === 'ok') leaveLater(box);
  announce(text);
}

export const closeBanner = (key) => document.querySelector(`[data-banner="${key}"]`)?.remove();

export const isField = (element) =>
  !!element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName))
  && !/^(checkbox|radio|button|submit|reset)$/.test(element.type || '');

/** Whether a key event belongs to an input method that is composing text. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

export const isVisible = (element) => !!element && element.getClientRects().length > 0;

/** Run for the page as it is and for every piece that htmx puts in later. */
export function onContent(run) {
  run(document);
  document.addEventListener('htmx:afterSettle', (event) => run(event.detail.elt || document));
}

/** All matches inside a root, the root included. */
export function all(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  return found;
}
