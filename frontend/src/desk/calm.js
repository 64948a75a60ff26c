// What reads itself anew every minute (`[data-calm]`) rests while its page is not looked at, and leaves alone whoever
// writes, picks, marks words or has a form open in it. The focus stays on the same link when it was read anew.
import { isField } from './page.js';

const ANEW = '[data-list-anew]';

/** What is replaced: a list beside a case asks through a small element of its own. */
const placeOf = (part) => (part.matches(ANEW) ? document.querySelector('.split > .list') : part.isConnected || !part.id ? part : document.getElementById(part.id));

const calm = (part) => part?.matches?.('[data-calm]') ?? false;

function busy(part) {
  const place = placeOf(part);
  if (!place) return false;
  const at = document.activeElement;
  const marked = getSelection();
  return (place.contains(at) && isField(at))
    || (!marked.isCollapsed && place.contains(marked.anchorNode))
    || !!place.querySelector('[data-pick]:checked')
    || (!part.matches(ANEW) && !!place.querySelector('[data-opens][aria-expanded=true], details[open]'));
}

let at = '';

export function startCalm() {
  document.addEventListener('htmx:beforeRequest', (event) => {
    const part = event.detail.elt;
    if (!calm(part) || event.detail.requestConfig?.triggeringEvent) return;
    if (document.hidden || busy(part)) event.preventDefault();
  });
  document.addEventListener('htmx:beforeSwap', (event) => {
    const part = event.detail.requestConfig?.elt;
    if (!calm(part)) return;
    const link = document.activeElement?.closest?.('a[href]');
    at = link && placeOf(part)?.contains(link) ? link.getAttribute('href') : '';
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    const part = event.detail.requestConfig?.elt;
    if (!at || !calm(part)) return;
    placeOf(part)?.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    at = '';
  });
}
