// A case opens at the newest entry of its conversation, and shows it again after something was done. Whoever had
// scrolled away from it keeps their place in that case.
import { onContent } from './page.js';

const BODY = '#case > .body';
const GAP = 16;
let kept = null; // {pulse, top}: the case in which the reader has scrolled away, and how far

const newestIn = (body) => [...body.querySelectorAll('#timeline .tl > li')].pop();
const caseOf = (body) => body.closest('#case')?.dataset.pulse ?? '';

function isInView(body, entry) {
  const frame = body.getBoundingClientRect();
  const box = entry.getBoundingClientRect();
  return box.top < frame.bottom && box.bottom > frame.top;
}

/** As little as it takes; an entry longer than the screen is shown from its beginning. */
function showNewest(body, entry) {
  const frame = body.getBoundingClientRect();
  const box = entry.getBoundingClientRect();
  const wanted = Math.min(box.bottom - frame.bottom + GAP, box.top - frame.top - GAP);
  if (wanted > 0) body.scrollTop += wanted;
}

export function startConversation() {
  document.addEventListener('scroll', (event) => {
    const body = event.target;
    if (!body.matches?.(BODY)) return;
    const entry = newestIn(body);
    if (entry) kept = isInView(body, entry) ? null : { pulse: caseOf(body), top: body.scrollTop };
  }, { capture: true, passive: true });
  onContent(() => {
    const body = document.querySelector(BODY);
    if (!body || body.dataset.opened) return;
    body.dataset.opened = 'true';
    const entry = newestIn(body);
    if (!entry) return;
    if (kept && kept.pulse === caseOf(body)) body.scrollTop = kept.top;
    else { kept = null; showNewest(body, entry); }
  });
}
