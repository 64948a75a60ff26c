// Countdown chips (`data-due`, `data-warn-at`) and ages (`data-ago`), brought up to date every minute, never announced;
// and how a clock was reckoned (`data-explained`).
import { all, icon, now, onContent, say } from './page.js';

const MINUTE = 60_000;

/** The same words as the server's `duration`. */
export function durationText(milliseconds) {
  const total = Math.max(Math.floor(Math.abs(milliseconds) / MINUTE), 1);
  const days = Math.floor(total / 1440);
  const hours = Math.floor((total % 1440) / 60);
  const minutes = total % 60;
  if (days >= 2 || (days && !hours)) return say('days', { days });
  if (days) return say('days_hours', { days, hours });
  if (hours && minutes) return say('hours_minutes', { hours, minutes });
  return hours ? say('hours', { hours }) : say('minutes', { minutes });
}

function updateChip(chip) {
  const due = Date.parse(chip.dataset.due);
  if (Number.isNaN(due)) return;
  const left = due - now();
  const warnAt = Date.parse(chip.dataset.warnAt || '');
  const state = left < 0 ? 'late' : warnAt <= now() ? 'warn' : 'ok';
  const text = chip.querySelector('[data-text]') || chip;
  const shown = state === 'late' ? say('late', { time: durationText(left) }) : durationText(left);
  if (text.textContent !== shown) text.textContent = shown;
  if (chip.dataset.state === state) return;
  chip.dataset.state = state;
  chip.classList.remove('c-ok', 'c-warn', 'c-late');
  chip.classList.add(`c-${state}`);
  const spoken = chip.querySelector('.sr');
  if (spoken) spoken.textContent = say(`spoken_${state}`);
  chip.querySelector('svg')?.replaceWith(icon(state === 'late' ? 'alert' : 'clock', 'ic ic-s'));
}

function updateAge(element) {
  const past = now() - Date.parse(element.getAttribute('datetime') || '');
  if (Number.isNaN(past) || past > 7 * 24 * 60 * MINUTE) return;
  element.textContent = past < MINUTE ? say('just_now') : say('ago', { time: durationText(past) });
}

function update(root) {
  all(root, '[data-due]').forEach(updateChip);
  all(root, 'time[data-ago]').forEach(updateAge);
}

// Its arithmetic lies over what is below while the pointer rests on a clock; a click keeps it open.
const REST = 250;

function explainOnHover(clock) {
  const how = clock.querySelector('details.how');
  let resting = 0;
  clock.addEventListener('pointerenter', (event) => {
    if (event.pointerType !== 'mouse' || how.open) return;
    resting = setTimeout(() => { how.classList.add('over'); how.open = true; }, REST);
  });
  clock.addEventListener('pointerleave', () => {
    clearTimeout(resting);
    if (how.classList.contains('over')) { how.open = false; how.classList.remove('over'); }
  });
  how.querySelector('summary').addEventListener('click', (event) => {
    if (!how.classList.contains('over')) return;
    event.preventDefault();
    how.classList.remove('over');
  });
}

export function startClocks() {
  onContent((root) => all(root, '[data-explained]').forEach(explainOnHover));
  onContent(update);
  setInterval(() => { if (!document.hidden) update(document); }, MINUTE);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) update(document); });
}
