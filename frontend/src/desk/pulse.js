// A page about one thing asks every 20 s whether it changed and who else looks at it:
// `<div data-pulse="/cases/1/pulse" data-seq="12">`; answer `{"seq": 13, "here": ["周敏"], "changed": "周敏 已领取"}`.
import { announce, say } from './page.js';

const EVERY = 20_000;

async function beat(holder) {
  let answer;
  try {
    const response = await fetch(holder.dataset.pulse, { headers: { Accept: 'application/json', 'X-Requested-With': 'fetch' } });
    if (!response.ok) return;
    answer = await response.json();
  } catch { return; }
  for (const place of document.querySelectorAll('[data-here]')) {
    const names = (answer.here ?? []).join(say('comma'));
    place.hidden = !names;
    const text = place.querySelector('[data-text]') || place;
    text.textContent = names ? say('also_here', { names }) : '';
  }
  const stale = Number(answer.seq) > Number(holder.dataset.seq);
  for (const notice of document.querySelectorAll('[data-stale]')) {
    if (stale && notice.hidden) announce(say('stale'));
    notice.hidden = !stale;
    const text = notice.querySelector('[data-text]');
    if (text && answer.changed) text.textContent = answer.changed;
  }
}

function beatAll() {
  if (!document.hidden) document.querySelectorAll('[data-pulse]').forEach(beat);
}

export function startPulse() {
  beatAll();
  setInterval(beatAll, EVERY);
  document.addEventListener('visibilitychange', beatAll);
}
